import { describe, expect, it } from 'vitest';
import { readMultipart } from './multipart.ts';

const read = (text: string) =>
  readMultipart(Buffer.from(text, 'latin1'))?.map(({ name, headers, body }) => [
    name,
    headers.get('content-type'),
    body.toString('latin1'),
  ]);

describe('a multipart body', () => {
  it('is read by its own first line', () => {
    const body =
      '--b 1\r\nContent-Disposition: form-data; name="one"\r\n\r\n{}\r\n--b 1\r\ncontent-type: audio/wav\r\n\r\n\0\r\n\xff\r\n--b 1--\r\n';
    expect(read(body)).toEqual([
      ['one', undefined, '{}'],
      [undefined, 'audio/wav', '\0\r\n\xff'],
    ]);
  });

  it('may end its lines with line feeds alone', () => {
    expect(read('--b\nContent-Disposition: form-data; name=one\n\nx\n--b--')).toEqual([['one', undefined, 'x']]);
  });

  it('may have an empty part, and one without headers', () => {
    expect(read('--b\r\nContent-Type: a/b\r\n\r\n\r\n--b\r\n\r\nx\r\n--b--')).toEqual([
      [undefined, 'a/b', ''],
      [undefined, undefined, 'x'],
    ]);
  });

  it.each([
    ['no delimiter', '{}'],
    ['no end', '--b\r\nContent-Type: a/b\r\n\r\nx'],
    ['no line after a delimiter', '--b\r\n\r\nx\r\n--b'],
    ['headers without end', '--b\r\nContent-Type: a/b\r\n--b--'],
    ['too many parts', `--b\r\n${'\r\nx\r\n--b\r\n'.repeat(20)}\r\nx\r\n--b--`],
    ['a boundary that is too long', `--${'b'.repeat(80)}\r\n\r\nx\r\n--${'b'.repeat(80)}--`],
  ])('is none with %s', (_, body) => {
    expect(readMultipart(Buffer.from(body))).toBeUndefined();
  });
});
