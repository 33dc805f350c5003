import { expect, it } from 'vitest';
import { firstAtTag } from './at-tag.ts';

it.each([
  ['<at>Bot</at> hi <at>Bo</at>', { tag: '<at>Bot</at>', name: 'Bot' }],
  ['hi <at id="0">My <b>Bot</b></at>', { tag: '<at id="0">My <b>Bot</b></at>', name: 'My <b>Bot</b>' }],
  ['<at></at>', { tag: '<at></at>', name: '' }],
  ['<attach>no</attach> <at>Bot</at>', { tag: '<at>Bot</at>', name: 'Bot' }],
])('%s begins with %j', (text, tag) => {
  expect(firstAtTag(text)).toEqual(tag);
});

it.each(['', 'no tag', '<at>open', '</at><at>', '<at'])('%j has none', (text) => {
  expect(firstAtTag(text)).toBeUndefined();
});
