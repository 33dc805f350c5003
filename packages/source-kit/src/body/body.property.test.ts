import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject, JsonPath } from './json.ts';
import { valueAt } from './json.ts';
import { parseJson } from './parse-json.ts';
import { redact, redacted } from './redact.ts';
import { remainder } from './remainder.ts';

const anyObject = fc.dictionary(
  fc.oneof(fc.string(), fc.constantFrom('token', 'TOKEN', '__proto__', '*')),
  fc.jsonValue(),
) as fc.Arbitrary<JsonObject>;

function leaves(value: Json, path: JsonPath = []): readonly JsonPath[] {
  const entries = Array.isArray(value) ? [...value.entries()] : typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return entries.length === 0 ? [path] : entries.flatMap(([step, member]) => leaves(member as Json, [...path, step]));
}

describe('bodies', () => {
  it('of any bytes are parsed as JSON.parse does or refused with a code, and never throw', () => {
    const bytes = fc.oneof(
      fc.json({ maxDepth: 10 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array)),
      fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '1', ' ', 'é') }).map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        const parsed = parseJson(body);
        if (parsed.ok) expect(parsed.value).toEqual(JSON.parse(body.toString()));
        else if (parsed.code === 'ERR_BODY_SYNTAX') expect(() => JSON.parse(body.toString())).toThrow();
      }),
      { numRuns: 300 },
    );
  });

  it('keep in the remainder every leaf that was not used, and nothing that was', () => {
    fc.assert(
      fc.property(anyObject, fc.infiniteStream(fc.boolean()), (object, chosen) => {
        const all = leaves(object).filter((path) => path.length > 0 && !path.includes('*'));
        const used = all.filter(() => chosen.next().value);
        const before = JSON.stringify(object);
        const left = leaves(remainder(object, used)).filter((path) => path.length > 0 && !path.includes('*')).length;
        expect(left).toBe(all.length - used.length);
        expect(JSON.stringify(object)).toBe(before);
      }),
      { numRuns: 300 },
    );
  });

  it('show no secret member after redaction, keep all else, and are not changed', () => {
    fc.assert(
      fc.property(anyObject, (object) => {
        const before = JSON.stringify(object);
        const shown = redact(object, { names: ['Token'] });
        for (const path of leaves(shown)) {
          const secret = path.findIndex((step) => typeof step === 'string' && step.toLowerCase() === 'token');
          const value = valueAt(shown, ...path);
          if (secret >= 0) expect([redacted, null]).toContain(value);
          else expect(value).toEqual(valueAt(object, ...path));
        }
        expect(JSON.stringify(object)).toBe(before);
      }),
      { numRuns: 300 },
    );
  });
});
