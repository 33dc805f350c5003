import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonText } from './parse-json-text.ts';

const name = fc.oneof(
  fc.constantFrom('a', 'b', '\\', '"', '\\\\', '\\u0062', '__proto__', '1', '0', '\u0000', '\ue000', '\ue0000', 'ü'),
  fc.string({ maxLength: 3, unit: 'binary' }),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, 0, -1.5, 'text', '\\', '"a":', ''),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
  ),
}));

/** JSON with every, some or no character of a name as an escape. */
function written(of: unknown, escapes: (at: number) => boolean): string {
  let at = 0;
  const nameText = (text: string): string =>
    [...Array(text.length).keys()]
      .map((index) =>
        escapes(at++) ? `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}` : JSON.stringify(text.charAt(index)).slice(1, -1),
      )
      .join('');
  const write = (each: unknown): string => {
    if (Array.isArray(each)) return `[${each.map(write).join(' ,')}]`;
    if (each === null || typeof each !== 'object') return JSON.stringify(each);
    return `{${Object.entries(each)
      .map(([key, member]) => `"${nameText(key)}" : ${write(member)}`)
      .join(',')}}`;
  };
  return write(of);
}

describe('a JSON text', () => {
  it('is read with the names it has, where an object with a backslash for a name was parsed before', () => {
    JSON.parse('{"a":0,"\\\\":1}');
    expect(parseJsonText('{"a":0,"\\u0062":1}')).toEqual({ a: 0, b: 1 });
    JSON.parse('{"a":0,"\\\\":1}');
    expect(parseJsonText('{"a":0,"\\"":1}')).toEqual({ a: 0, '"': 1 });
  });

  it('is read as it was written, whatever was parsed before and however its names are escaped', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 3 }), value, fc.array(fc.boolean(), { minLength: 1 }), (before, written_, pattern) => {
        for (const each of before) JSON.parse(JSON.stringify(each));
        const text = written(written_, (at) => pattern[at % pattern.length] as boolean);
        expect(parseJsonText(text)).toStrictEqual(written_);
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps the last of two members of one name, one of them with an escape', () => {
    expect(parseJsonText('{"a":1,"\\u0061":2}')).toEqual({ a: 2 });
    expect(parseJsonText('{"\\u0061":1,"a":2}')).toEqual({ a: 2 });
    expect(parseJsonText('{"a":1,"\\u0061":2,"a":3}')).toEqual({ a: 3 });
    expect(parseJsonText('{"\\u0035":1,"5":2}')).toEqual({ 5: 2 });
  });

  it('may have every private character and an escape', () => {
    const all = Array.from({ length: 6_400 }, (_, index) => String.fromCharCode(0xe000 + index)).join('');
    expect(parseJsonText(`{"\\u0062":"${all}"}`)).toEqual({ b: all });
  });

  it('that is none is refused with SyntaxError', () => {
    for (const text of ['', '{"\\u0061":1', '{"\\x":1}', '["\\u00"]']) expect(() => parseJsonText(text)).toThrow(SyntaxError);
  });
});
