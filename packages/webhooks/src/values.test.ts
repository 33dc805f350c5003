import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttemptError, attemptCodeOf } from './attempt-code.ts';
import { retryAfterMs } from './retry-after.ts';
import { attributeValue } from './webhook-request.ts';

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  it.each<[string | undefined, number | null]>([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['9999999999', 31_536_000_000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['-1', null],
    ['1.5', null],
    ['soon', null],
    ['2026-01-01', null],
    ['', null],
    [undefined, null],
  ])('of %j asks for %j ms', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });

  it('is read from the first of several', () => {
    expect(retryAfterMs(['3', '5'], now)).toBe(3_000);
  });
});

describe('a CloudEvents attribute in an HTTP header', () => {
  const sha256 = (text: string) => `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;

  it.each([
    ['1,024 letters', 'x'.repeat(1_024), 'x'.repeat(1_024)],
    ['1,025 letters', 'x'.repeat(1_025), sha256('x'.repeat(1_025))],
    ['113 characters of 9 bytes each', '漢'.repeat(113), '%E6%BC%A2'.repeat(113)],
    ['114 characters of 9 bytes each', '漢'.repeat(114), sha256('漢'.repeat(114))],
  ])('of %s is sent as it is up to 1,024 bytes, and as its SHA-256 beyond', (_what, text, value) => {
    expect(attributeValue(text)).toBe(value);
  });

  it('is printable ASCII and decodes to what it was, whatever a sender put into it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const value = attributeValue(text);
        expect(value).toMatch(/^[\x21\x23\x24\x26-\x7e]*(%[0-9A-F]{2}|[\x21\x23\x24\x26-\x7e])*$/);
        expect(decodeURIComponent(value)).toBe(text.toWellFormed());
      }),
    );
  });

  it('keeps line breaks from ending the header', () => {
    expect(attributeValue('a\r\nx-evil: 1')).toBe('a%0D%0Ax-evil:%201');
  });
});

describe('what an error is called', () => {
  it.each<[unknown, string]>([
    [new AttemptError('ERR_ATTEMPT_DNS', ''), 'ERR_ATTEMPT_DNS'],
    [Object.assign(new Error(''), { code: 'ECONNREFUSED' }), 'ERR_ATTEMPT_CONNECT'],
    [new AggregateError([Object.assign(new Error(''), { code: 'EHOSTUNREACH' })]), 'ERR_ATTEMPT_CONNECT'],
    [Object.assign(new Error(''), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }), 'ERR_ATTEMPT_TLS'],
    [new Error('', { cause: Object.assign(new Error(''), { code: 'ENOTFOUND' }) }), 'ERR_ATTEMPT_DNS'],
    [new Error('anything'), 'ERR_ATTEMPT_OTHER'],
    ['text', 'ERR_ATTEMPT_OTHER'],
    [undefined, 'ERR_ATTEMPT_OTHER'],
  ])('%s is %s', (error, code) => {
    expect(attemptCodeOf(error)).toBe(code);
  });
});
