import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStrictJson } from '../token/strict-json.ts';
import { isJsonObject } from './json.ts';
import { parseJson } from './parse-json.ts';
import { jsonBytes } from './testing/json-texts.ts';
import { namesMemberTwice, parseInPasses } from './testing/separate-passes.ts';

/** A value with what JSON does not tell apart: -0, and the digits of raw JSON. */
const shown = (value: unknown) => JSON.stringify(value, (_, member) => (Object.is(member, -0) ? '-0' : member));

describe('the one pass over a JSON text', () => {
  it('refuses with the same code and gives the same value as one pass for each rule, over 3,000 texts', () => {
    fc.assert(
      fc.property(jsonBytes, (bytes) => {
        const parsed = parseJson(bytes);
        const expected = parseInPasses(bytes);
        expect(parsed).toEqual(expected);
        if (parsed.ok && expected.ok) expect(shown(parsed.value)).toBe(shown(expected.value));
      }),
      { numRuns: 3_000 },
    );
  });

  it('refuses for a token what is no object or names a member twice, and nothing else, over 3,000 texts', () => {
    fc.assert(
      fc.property(jsonBytes, (bytes) => {
        const expected = parseInPasses(bytes);
        const admitted = expected.ok && isJsonObject(expected.value) && !namesMemberTwice(bytes.toString('utf8'));
        const read = parseStrictJson(bytes);
        expect(read !== undefined).toBe(admitted);
        if (expected.ok && admitted) expect(shown(read)).toBe(shown(expected.value));
      }),
      { numRuns: 3_000 },
    );
  });

  it('is given each kind of text in 3,000: read, refused for each reason, with a member named twice, with a long number', () => {
    const seen = new Set<string>();
    for (const bytes of fc.sample(jsonBytes, { numRuns: 3_000, seed: 1 })) {
      const parsed = parseInPasses(bytes);
      seen.add(parsed.ok ? 'read' : parsed.code);
      if (parsed.ok && namesMemberTwice(bytes.toString('utf8'))) seen.add('member named twice');
      if (parsed.ok && /[0-9]{16}/.test(bytes.toString('utf8'))) seen.add('long number');
    }
    const refusals = ['ERR_BODY_DEPTH', 'ERR_BODY_EMPTY', 'ERR_BODY_ENCODING', 'ERR_BODY_SYNTAX'];
    expect([...seen].sort()).toEqual([...refusals, 'long number', 'member named twice', 'read']);
  });
});
