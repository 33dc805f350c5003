import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStrictJson } from './strict-json.ts';

describe('strict JSON', () => {
  it('reads every object that JSON writes, and refuses it with any one of its members repeated', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { minKeys: 1 }), fc.nat(), fc.nat(), (object, at, as) => {
        const text = JSON.stringify(object);
        expect(parseStrictJson(Buffer.from(text))).toEqual(JSON.parse(text));
        const names = Object.keys(JSON.parse(text) as object);
        const name = JSON.stringify(names[at % names.length]);
        const repeated = `${text.slice(0, -1)},${name}:${JSON.stringify(as)}}`;
        expect(parseStrictJson(Buffer.from(repeated))).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});
