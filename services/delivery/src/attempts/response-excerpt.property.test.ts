import type { Webhook } from '@switchboard/contracts';
import { EXCERPT_BYTES } from '@switchboard/webhooks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { responseExcerpt } from './response-excerpt.ts';

function webhookWith(headers: readonly string[], query = ''): Webhook {
  const own = headers.map((value, index) => ({ name: `x-own-${index}`, value }));
  return { endpoint: `https://e.example/in${query}`, headers: own } as unknown as Webhook;
}

const plain = webhookWith([]);
const cut = (text: string) => Buffer.from(text).subarray(0, EXCERPT_BYTES);

describe('the excerpt of a response', () => {
  it('is null without a body, and else its text', () => {
    expect(responseExcerpt(null, plain)).toBeNull();
    expect(responseExcerpt(Buffer.from('{"error":"köaputt"}'), plain)).toBe('{"error":"köaputt"}');
  });

  it('has U+FFFD for bytes that are not UTF-8, and no half of a character at its end', () => {
    expect(responseExcerpt(Buffer.from([0x61, 0xff, 0x62]), plain)).toBe('a\uFFFDb');
    expect(responseExcerpt(cut('é'.repeat(600)), plain)).toBe('é'.repeat(512));
    expect(responseExcerpt(cut(`a${'é'.repeat(600)}`), plain)).toBe(`a${'é'.repeat(511)}`);
  });

  it('is well-formed for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: EXCERPT_BYTES }), (bytes) => {
        expect(responseExcerpt(Buffer.from(bytes), plain)?.isWellFormed()).toBe(true);
      }),
    );
  });

  it('never has the value of a header of the install, or of the query, wherever an echo has it and wherever it is cut', () => {
    const secret = fc.string({ unit: fc.constantFrom(...'abcdefghijkmnopqrstuvwxyz0123456789'), minLength: 12, maxLength: 60 });
    const filler = fc.nat({ max: EXCERPT_BYTES }).map((length) => '#'.repeat(length));
    fc.assert(
      fc.property(secret, filler, filler, fc.boolean(), (value, before, after, isQuery) => {
        const webhook = isQuery ? webhookWith([], `?key=${value}`) : webhookWith([`Bearer ${value}`]);
        const excerpt = responseExcerpt(cut(`${before}${value}${after}`), webhook) ?? '';
        for (let length = 1; length <= value.length; length += 1) expect(excerpt).not.toContain(`#${value.slice(0, length)}`);
      }),
    );
  });

  it.each([
    ['with its scheme', 'got Basic dXNlcjpwYXNz', 'got [redacted]'],
    ['without its scheme', 'got dXNlcjpwYXNz.', 'got [redacted].'],
    ['of the query, encoded', 'path /in?key=p%C3%A4ssword', 'path /in?key=[redacted]'],
    ['of the query, decoded', 'key pässword', 'key [redacted]'],
  ])('has no value %s', (_name, body, expected) => {
    const webhook = webhookWith(['Basic dXNlcjpwYXNz'], '?key=p%C3%A4ssword');
    expect(responseExcerpt(Buffer.from(body), webhook)).toBe(expected);
  });
});
