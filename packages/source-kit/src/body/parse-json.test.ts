import { describe, expect, it } from 'vitest';
import { parseJson, parseJsonObject } from './parse-json.ts';

const parse = (body: string | Buffer) => parseJson(Buffer.from(body as string));

describe('a body', () => {
  it.each([
    ['{"a":[1,2.5,-0,true,false,null,"x"]}'],
    ['"text"'],
    [' \n\t{ } \r'],
    ['{"a":"Zoë 🚀 \\ud83d\\ude80"}'],
    [`${'['.repeat(64)}${']'.repeat(64)}`],
    [`["${'['.repeat(100)}","\\"${'{'.repeat(100)}"]`],
    [`[${'[],'.repeat(1000)}{}]`],
  ])('is parsed: %s', (text) => {
    expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) });
  });

  it.each([
    ['is empty', 'EMPTY', ''],
    ['is blank', 'SYNTAX', ' '],
    ['is no JSON', 'SYNTAX', '<xml/>'],
    ['ends early', 'SYNTAX', '{"a":'],
    ['continues after its end', 'SYNTAX', '{}{}'],
    ['has a comma at the end', 'SYNTAX', '[1,]'],
    ['has a control character in a string', 'SYNTAX', '["\n"]'],
    ['has NaN', 'SYNTAX', 'NaN'],
    ['has a NUL after its end', 'SYNTAX', '{}\0'],
    ['starts with a byte order mark', 'ENCODING', '\ufeff{}'],
    ['has a broken UTF-8 sequence', 'ENCODING', Buffer.from([0x22, 0xc3, 0x28, 0x22])],
    ['has an overlong UTF-8 sequence', 'ENCODING', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['has a surrogate in UTF-8', 'ENCODING', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['is UTF-16', 'ENCODING', Buffer.from('\ufeff{"a":1}', 'utf16le')],
    ['is cut inside a character', 'ENCODING', Buffer.from('"🚀"').subarray(0, 3)],
    ['nests lists 65 deep', 'DEPTH', `${'['.repeat(65)}${']'.repeat(65)}`],
    ['nests objects 65 deep', 'DEPTH', `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`],
    ['nests 100,000 deep', 'DEPTH', '['.repeat(100_000)],
  ])('that %s is refused: ERR_BODY_%s', (_, code, body) => {
    expect(parse(body)).toEqual({ ok: false, code: `ERR_BODY_${code}` });
  });

  it('has the names that were sent, although a body with a backslash for a name was parsed before', () => {
    parse('{"a":0,"\\\\":1}');
    expect(parse('{"a":0,"\\u0062":12345678901234567}')).toEqual({ ok: true, value: { a: 0, b: expect.anything() } });
    parse('{"a":0,"\\\\":1}');
    expect(parse('{"a":0,"\\u0062":1}')).toEqual({ ok: true, value: { a: 0, b: 1 } });
  });

  it('keeps the last of duplicate members', () => {
    expect(parse('{"a":1,"a":2}')).toEqual({ ok: true, value: { a: 2 } });
  });

  it('cannot reach a prototype', () => {
    const parsed = parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(parsed.ok && Object.hasOwn(parsed.value as object, '__proto__')).toBe(true);
  });

  it('is an object where one is asked for', () => {
    expect(parseJsonObject(Buffer.from('{"a":1}'))).toEqual({ ok: true, value: { a: 1 } });
    for (const text of ['[]', '1', 'null', '"{}"']) {
      expect(parseJsonObject(Buffer.from(text))).toEqual({ ok: false, code: 'ERR_BODY_NOT_OBJECT' });
    }
    expect(parseJsonObject(Buffer.from(''))).toEqual({ ok: false, code: 'ERR_BODY_EMPTY' });
  });
});
