import type * as FastCheck from 'fast-check';
import { isJsonList, isJsonObject, type Json } from '../../body/json.ts';

/**
 * Bodies near the given ones: one value somewhere inside replaced by any JSON, dropped or repeated, or the bytes cut or
 * changed; and now and then bytes or JSON that have nothing to do with them.
 */
export function mutatedBodies(fc: typeof FastCheck, bodies: readonly Buffer[]): FastCheck.Arbitrary<Buffer> {
  const seeds = bodies.filter(isJson).map((body) => JSON.parse(body.toString()) as Json);
  const anyJson = fc.jsonValue({ maxDepth: 3 }) as FastCheck.Arbitrary<Json>;
  const awkward = fc.constantFrom<Json>(
    '',
    ' ',
    '\u0000',
    '\ud800',
    '__proto__',
    -0,
    1e308,
    9_007_199_254_740_992,
    [],
    {},
    null,
    [[]],
    [null],
  );
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), fc.oneof(anyJson, awkward), fc.nat(2)), { minLength: 1, maxLength: 4 }))
    .map(([seed, edits]) => Buffer.from(JSON.stringify(edits.reduce<Json>((value, [at, by, how]) => mutate(value, at, by, how), seed))));
  const damaged = fc
    .tuple(fc.constantFrom(...bodies), fc.nat(), fc.uint8Array({ maxLength: 4 }))
    .map(([body, at, bytes]) =>
      Buffer.concat([body.subarray(0, at % (body.length + 1)), bytes, body.subarray((at % (body.length + 1)) + bytes.length)]),
    );
  const foreign = fc.oneof(
    fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
  );
  return fc.oneof({ weight: 6, arbitrary: mutated }, { weight: 2, arbitrary: damaged }, { weight: 1, arbitrary: foreign });
}

function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString());
    return true;
  } catch {
    return false;
  }
}

// The value at the given place in document order is replaced (how 0), left out (1) or put into a list of its copies (2).
function mutate(root: Json, at: number, by: Json, how: number): Json {
  let left = at % countValues(root);
  const walk = (value: Json): Json | undefined => {
    if (left-- === 0) return how === 0 ? by : how === 1 ? undefined : [value, value];
    if (isJsonList(value)) return value.map(walk).filter((item) => item !== undefined);
    if (!isJsonObject(value)) return value;
    const members = Object.entries(value).map(([name, member]) => [name, walk(member)] as const);
    return Object.fromEntries(members.filter((member): member is [string, Json] => member[1] !== undefined));
  };
  return walk(root) ?? null;
}

function countValues(value: Json): number {
  const inner = isJsonList(value) ? value : isJsonObject(value) ? Object.values(value) : [];
  return inner.reduce((sum: number, member) => sum + countValues(member), 1);
}
