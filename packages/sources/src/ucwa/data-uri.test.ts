import { expect, it } from 'vitest';
import { readDataUri } from './data-uri.ts';

it.each([
  ['data:text/plain;charset=utf-8,Hi+Tosh%0d%0a', 'text/plain', 'Hi Tosh\r\n'],
  ['data:text/plain;charset=utf-8,1%2B1%20=%202', 'text/plain', '1+1 = 2'],
  ['data:text/html;charset=UTF-8,%3Cb%3E%F0%9F%98%80%3C%2Fb%3E', 'text/html', '<b>😀</b>'],
  ['DATA:Text/HTML,a', 'text/html', 'a'],
  ['data:,plain', 'text/plain', 'plain'],
  ['data:text/plain;base64,SGnDpA==', 'text/plain', 'Hiä'],
  ['data:text/plain;charset="utf-8",a,b', 'text/plain', 'a,b'],
])('%s holds %s', (href, mediaType, text) => {
  expect(readDataUri(href)).toEqual({ mediaType, text });
});

it.each(['', '/messages/2', 'data:text/plain', 'data:text/plain,100%', 'data:text/plain;charset=utf-16,a', 'data:text/plain;base64,/w=='])(
  'finds no text in %j',
  (href) => {
    expect(readDataUri(href)).toBeUndefined();
  },
);
