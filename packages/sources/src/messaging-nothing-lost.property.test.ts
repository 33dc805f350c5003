import { readdirSync, readFileSync } from 'node:fs';
import { isJsonList, isJsonObject, type Json, type JsonObject, type NormalizeOutcome } from '@switchboard/source-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeActivity } from './activity/normalize.ts';
import { rawOf } from './testing/raw-notification.ts';
import { normalize as normalizeUcwa } from './ucwa/normalize.ts';

const MARK = /mark-\d+-end/g;

function fixtures(folder: string, except: RegExp): readonly JsonObject[] {
  const url = new URL(`${folder}/fixtures/`, import.meta.url);
  const names = readdirSync(url).filter((name) => !except.test(name));
  return names.map((name) => JSON.parse(readFileSync(new URL(name, url), 'utf8')) as JsonObject);
}

/** A body with marks: new members, or values put in the place of others, of the same type or of another. */
function marked(seeds: readonly JsonObject[]): fc.Arbitrary<JsonObject> {
  const edit = fc.record({ at: fc.nat(), how: fc.constantFrom('add', 'text', 'object', 'list') });
  return fc.tuple(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 5 })).map(([seed, edits]) =>
    edits.reduce<JsonObject>((body, { at, how }, index) => {
      const mark = `mark-${index}-end`;
      const by = how === 'object' ? { [mark]: mark } : how === 'list' ? [mark, { a: mark }] : mark;
      const edited = editAt(body, at, (value) => (how === 'add' && isJsonObject(value) ? { ...value, [`x-${index}`]: mark } : by));
      return isJsonObject(edited) ? edited : body;
    }, seed),
  );
}

function editAt(root: Json, at: number, change: (value: Json) => Json): Json {
  let left = at % count(root);
  const walk = (value: Json): Json => {
    if (left-- === 0) return change(value);
    if (isJsonList(value)) return value.map(walk);
    return isJsonObject(value) ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, walk(member)])) : value;
  };
  return walk(root);
}

function count(value: Json): number {
  const inner = isJsonList(value) ? value : isJsonObject(value) ? Object.values(value) : [];
  return inner.reduce((sum: number, member) => sum + count(member), 1);
}

function expectAllMarks(body: JsonObject, outcome: NormalizeOutcome): void {
  if (outcome.kind !== 'events') {
    expect(outcome.code).toMatch(/^ERR_NORMALIZE_(SHAPE|EMPTY)$/);
    return;
  }
  const marks = new Set(JSON.stringify(body).match(MARK));
  const kept = new Set(JSON.stringify(outcome.events).match(MARK));
  expect([...marks].filter((mark) => !kept.has(mark))).toEqual([]);
}

describe('nothing of a body is lost', () => {
  it('on the way of an activity into its event', () => {
    const seeds = [...fixtures('bot-framework', /invoke/), ...fixtures('outgoing-webhook', /^$/)];
    expect(seeds.length).toBeGreaterThan(6);
    fc.assert(
      fc.property(marked(seeds), (body) => expectAllMarks(body, normalizeActivity(rawOf(body)))),
      { numRuns: 2000 },
    );
  });

  it('on the way of a UCWA document into its events', () => {
    const seeds = fixtures('ucwa', /incoming-call/);
    expect(seeds.length).toBeGreaterThan(0);
    fc.assert(
      fc.property(marked(seeds), (body) => expectAllMarks(body, normalizeUcwa(rawOf(body)))),
      { numRuns: 2000 },
    );
  });
});
