import { expect, it } from 'vitest';
import { readCidr } from './cidr.ts';
import { coversEverything } from './covers-everything.ts';

const covers = (...texts: string[]) => coversEverything(texts.flatMap((text) => readCidr(text) ?? []));

it.each([
  ['0.0.0.0/0'],
  ['10.1.2.3/0'],
  ['::/0'],
  ['ffff::/0'],
  ['0.0.0.0/1,128.0.0.0/1'],
  ['128.0.0.0/1,0.0.0.0/2,64.0.0.0/2'],
  ['0.0.0.0/1,10.0.0.0/8,128.0.0.0/1,127.0.0.1'],
  ['::/1,8000::/1'],
  ['::ffff:0:0/96'],
  ['::ffff:0.0.0.0/97,128.0.0.0/1'],
  ['::/1'],
])('%s holds every address of a family', (texts) => {
  expect(covers(...texts.split(','))).toBe(true);
});

it.each([
  ['10.0.0.0/8'],
  ['0.0.0.0/1'],
  ['0.0.0.0/1,128.0.0.0/2'],
  ['0.0.0.0/1,128.0.0.0/9,fc00::/7,::1'],
  ['8000::/1,4000::/2'],
  ['::ffff:10.0.0.0/104'],
  ['fd00::/8,127.0.0.0/8'],
])('%s does not', (texts) => {
  expect(covers(...texts.split(','))).toBe(false);
});
