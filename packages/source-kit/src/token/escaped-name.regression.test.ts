import { expect, it } from 'vitest';
import { parseStrictJson } from './strict-json.ts';

// V8 13.6 reads the second name of {"a":0,"\u0061":1} as "\\" where an object with the members "a" and "\\" was parsed before.
it('refuses a member named a second time by an escape, although an object with a backslash for a name was parsed before', () => {
  expect(Object.keys(JSON.parse('{"a":0,"\\\\":1}') as object)).toEqual(['a', '\\']);
  expect(parseStrictJson(Buffer.from('{"a":0,"\\u0061":1}'))).toBeUndefined();
});
