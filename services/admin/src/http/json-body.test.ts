import { expect, it } from 'vitest';
import { readJsonBody } from './json-body.ts';

const read = (text: string) => readJsonBody(Buffer.from(text, 'utf8'));

it.each<[string, unknown]>([
  ['', null],
  ['{"a":{"a":1},"b":[{"a":1},{"a":2}]}', { a: { a: 1 }, b: [{ a: 1 }, { a: 2 }] }],
  ['\ufeff{"a":1}', { a: 1 }],
  ['{"a":"\\"a\\":\\"a\\":{","b":"[{"}', { a: '"a":"a":{', b: '[{' }],
])('reads %j', (text, value) => {
  expect(read(text)).toEqual({ ok: true, value });
});

it.each([
  ['{"a":1,"a":2}', 'the member a must not occur twice'],
  ['{"x":[{"b":1 , "b" : 2}]}', 'the member b must not occur twice'],
  ['{"a":1,"\\u0061":2}', 'the member a must not occur twice'],
  ['{"__proto__":{"role":"operator"}}', 'the member name __proto__ is not allowed'],
  ['{"a":[{"\\u005f_proto__":1}]}', 'the member name __proto__ is not allowed'],
  ['{"signing_secret":"whsec_x",}', 'the body must be JSON'],
])('refuses %j', (text, detail) => {
  expect(read(text)).toEqual({ ok: false, detail });
});

it('refuses bytes that are not UTF-8', () => {
  const body = Buffer.concat([Buffer.from('{"client_name":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
  expect(readJsonBody(body)).toEqual({ ok: false, detail: 'the body must be UTF-8' });
});

it('reads 262,144 bytes of nested arrays, and one string as long', () => {
  expect(read(`${'['.repeat(131_072)}${']'.repeat(131_072)}`).ok).toBe(true);
  expect(read(JSON.stringify('\\"'.repeat(65_000))).ok).toBe(true);
});
