import { describe, expect, it } from 'vitest';
import { isJsonObject, valueAt } from './json.ts';
import { parseJson } from './parse-json.ts';
import { redact } from './redact.ts';
import { remainder } from './remainder.ts';

function parsed(text: string) {
  const outcome = parseJson(Buffer.from(text));
  if (!outcome.ok || !isJsonObject(outcome.value)) throw new Error(text);
  return outcome.value;
}

describe('a whole number that no double holds', () => {
  it.each(['{"a":9007199254740993}', '{"a":[{"b":-12345678901234567890}],"c":1}', '{"__proto__":{"n":123456789012345678901234567890123}}'])(
    'keeps its digits through redaction and remainder: %s',
    (text) => {
      expect(JSON.stringify(remainder(redact(parsed(text), { names: ['secret'] }), [['other']]))).toBe(text);
    },
  );

  it('is neither number nor object', () => {
    const value = valueAt(parsed('{"a":9007199254740993}'), 'a');
    expect([typeof value === 'number', isJsonObject(value)]).toEqual([false, false]);
    expect(valueAt(parsed('{"a":9007199254740993}'), 'a', 'rawJSON')).toBeUndefined();
  });

  it('leaves every other number a number', () => {
    const text = '{"a":9007199254740992,"b":1.0,"c":0.10000000000000001,"d":"9007199254740993","e":-0}';
    expect(parsed(text)).toEqual({ a: 9007199254740992, b: 1, c: 0.1, d: '9007199254740993', e: -0 });
  });
});
