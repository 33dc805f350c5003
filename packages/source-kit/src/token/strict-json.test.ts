import { describe, expect, it } from 'vitest';
import { parseStrictJson } from './strict-json.ts';

const read = (text: string) => parseStrictJson(Buffer.from(text));

describe('strict JSON', () => {
  it.each([
    ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}'],
    ['{"a":"a","b":"{\\"a\\":1,\\"a\\":2}"}'],
    ['{"a\\"":1,"a":2,"\\\\":3}'],
    ['{ "a" : [ "a" , "a" ] , "A" : 1 }'],
    ['{}'],
  ])('reads %s', (text) => {
    expect(read(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['{"a":1,"a":1}'],
    ['{"a":1,"\\u0061":2}'],
    ['{"a":{"b":1,"b":2}}'],
    ['{"a":[{"b":1},{"b":1,"c":2,"b":3}]}'],
    ['{"a":"}","a":1}'],
    ['{"a":{"x":1},"b":2,"a":3}'],
    ['{"":1,"":2}'],
    ['{"a" :1,"a"\n:2}'],
    ['{"__proto__":1,"__proto__":2}'],
    ['[]'],
    ['1'],
    ['\ufeff{}'],
    ['{"a":1}{"a":2}'],
    [''],
  ])('refuses %s', (text) => {
    expect(read(text)).toBeUndefined();
  });
});
