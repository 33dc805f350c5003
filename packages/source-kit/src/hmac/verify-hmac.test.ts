import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseHmacKey } from './keys.ts';
import { authenticateHmac, signHmac, verifyHmac } from './verify-hmac.ts';

function keyOf(text: string): Buffer {
  const parsed = parseHmacKey(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.key;
}

function request(authorization: string, body: Buffer) {
  return { headers: { authorization }, duplicateHeaders: [], body };
}

const key = keyOf(Buffer.from('a key of exactly thirty-two byte').toString('base64'));
const body = Buffer.from('{"text":"Zoë 🚀"}');
// Computed with: printf '{"text":"Zoë 🚀"}' | openssl dgst -sha256 -mac HMAC -macopt key:'a key of exactly thirty-two byte' -binary | base64
const header = 'HMAC 0buWwP9Un7j7EqNByZtfe5UCP7sU1R7UjFI5ROFVo+k=';

describe('an HMAC over the body', () => {
  it('is verified as another implementation computed it', () => {
    expect(verifyHmac(request(header, body), [key])).toEqual({ kind: 'verified', keyIndex: 0 });
    expect(signHmac(body, key)).toBe(header);
  });

  it('is verified with any of several keys, and says which', () => {
    const other = Buffer.alloc(32, 1);
    expect(verifyHmac(request(header, body), [other, key])).toEqual({ kind: 'verified', keyIndex: 1 });
    expect(verifyHmac(request(header, body), [key, other])).toEqual({ kind: 'verified', keyIndex: 0 });
  });

  const mac = header.slice(5);
  const refusals: readonly (readonly [string, string, string, Buffer, readonly Buffer[]])[] = [
    ['no key fits', 'HMAC_MISMATCH', header, body, [Buffer.alloc(32, 9)]],
    ['there is no key', 'HMAC_MISMATCH', header, body, []],
    ['the body is another', 'HMAC_MISMATCH', header, Buffer.from('{"text":"Zoe 🚀"}'), [key]],
    ['the body is composed otherwise', 'HMAC_MISMATCH', header, Buffer.from('{"text":"Zoë 🚀"}'.normalize('NFD')), [key]],
    ['the body is empty, even with its MAC', 'HMAC_BODY_EMPTY', signHmac(Buffer.alloc(0), key), Buffer.alloc(0), [key]],
    ['the MAC is cut', 'HMAC_FORM', `HMAC ${Buffer.from(mac, 'base64').subarray(0, 31).toString('base64')}`, body, [key]],
    [
      'the MAC is longer',
      'HMAC_FORM',
      `HMAC ${Buffer.concat([Buffer.from(mac, 'base64'), Buffer.alloc(1)]).toString('base64')}`,
      body,
      [key],
    ],
    ['the MAC is SHA-512', 'HMAC_FORM', `HMAC ${createHmac('sha512', key).update(body).digest('base64')}`, body, [key]],
    ['the MAC is hexadecimal', 'HMAC_FORM', `HMAC ${Buffer.from(mac, 'base64').toString('hex')}`, body, [key]],
    ['the MAC is base64url', 'HMAC_FORM', `HMAC ${Buffer.alloc(32, 0xfb).toString('base64url')}`, body, [key]],
    ['the padding is missing', 'HMAC_FORM', header.slice(0, -1), body, [key]],
    ['the scheme is in lower case', 'AUTHORIZATION_SCHEME', `hmac ${mac}`, body, [key]],
    ['the MAC has no scheme', 'AUTHORIZATION_SCHEME', mac, body, [key]],
    ['two blanks follow the scheme', 'AUTHORIZATION_SYNTAX', `HMAC  ${mac}`, body, [key]],
    ['a tab follows the scheme', 'AUTHORIZATION_SCHEME', `HMAC\t${mac}`, body, [key]],
    ['a blank and a tab follow the scheme', 'AUTHORIZATION_SYNTAX', `HMAC \t${mac}`, body, [key]],
    ['something follows the MAC', 'AUTHORIZATION_SYNTAX', `${header} x`, body, [key]],
  ];
  it.each(refusals)('is refused when %s: ERR_VERIFY_%s', (_, code, authorization, changed, keys) => {
    expect(verifyHmac(request(authorization, changed), keys)).toEqual({ kind: 'refused', code: `ERR_VERIFY_${code}` });
  });

  it.each(refusals)('when %s, the head alone is refused unless only the body can show it: ERR_VERIFY_%s', (_, code, authorization) => {
    const needsBody = code === 'HMAC_MISMATCH' || code === 'HMAC_BODY_EMPTY';
    const expected = needsBody ? { kind: 'needs-body' } : { kind: 'refused', code: `ERR_VERIFY_${code}` };
    expect(authenticateHmac({ headers: { authorization }, duplicateHeaders: [] })).toEqual(expected);
  });

  it('is refused at the head when it came twice', () => {
    const refused = { kind: 'refused', code: 'ERR_VERIFY_AUTHORIZATION_DUPLICATE' };
    expect(authenticateHmac({ headers: { authorization: header }, duplicateHeaders: ['authorization'] })).toEqual(refused);
    expect(verifyHmac({ headers: { authorization: header }, duplicateHeaders: ['authorization'], body }, [key])).toEqual(refused);
  });
});

const payloads = process.env.SHARED_PAYLOADS ?? join(import.meta.dirname, '../../../../../shared/payloads');

describe("the platform's published example, in the shared payloads", () => {
  // https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook
  const published = keyOf('vqF0En+Z0ucuRTM/01o2GuhMH3hKKk/N2bOmlM31zaA=');
  const vectors = [
    ['inbound-message-hmac-vector.json', 'HMAC 03TCao0i55H1eVKUusZOTZRjtvYTs+mO41mPL+R1e1U='],
    ['inbound-message-minified.json', 'HMAC u3s+lMiK8+0s7dcU/VjoacjNPWAw1D5w2FR98WSI32Q='],
  ] as const;
  it.skipIf(!existsSync(payloads)).each(vectors)('%s is verified', (file, authorization) => {
    const message = readFileSync(join(payloads, 'outgoing-webhook', file));
    expect(verifyHmac(request(authorization, message), [published])).toEqual({ kind: 'verified', keyIndex: 0 });
    const changed = Buffer.concat([message, Buffer.from('\n')]);
    expect(verifyHmac(request(authorization, changed), [published]).kind).toBe('refused');
  });
});

describe('the key of an outgoing webhook', () => {
  it.each([
    ['31 bytes', Buffer.alloc(31).toString('base64')],
    ['33 bytes', Buffer.alloc(33).toString('base64')],
    ['base64url', Buffer.alloc(32, 0xfb).toString('base64url')],
    ['no padding', Buffer.alloc(32, 1).toString('base64').slice(0, -1)],
    ['a line feed', `${Buffer.alloc(32, 1).toString('base64')}\n`],
    ['unused bits', `${Buffer.alloc(32).toString('base64').slice(0, 42)}B=`],
    ['nothing', ''],
    ['plain text', 'a key of exactly thirty-two byte'],
  ])('of %s is refused, and the problem does not show it', (_, text) => {
    expect(parseHmacKey(text)).toEqual({
      ok: false,
      problem: `must be base64 of 32 bytes, 44 characters (got ${text.length})`,
    });
  });

  it('of 32 zero bytes is refused, one with a single bit set is read', () => {
    expect(parseHmacKey(Buffer.alloc(32).toString('base64'))).toEqual({ ok: false, problem: 'must not be all zeros' });
    const oneBit = Buffer.alloc(32);
    oneBit[31] = 1;
    expect(parseHmacKey(oneBit.toString('base64'))).toEqual({ ok: true, key: oneBit });
  });
});
