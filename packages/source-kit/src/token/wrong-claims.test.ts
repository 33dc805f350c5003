import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTokenRig, now, type RuleChanges, seconds, type TokenRig, tid, valid } from './testing/token-rig.ts';

type WrongClaims = readonly [what: string, code: string, token: () => string, rule?: RuleChanges | undefined];

let rig: TokenRig;

beforeAll(async () => {
  rig = await createTokenRig();
});

afterAll(() => rig.keySets.stop());

const text = (value: object) => JSON.stringify(value);

const refused: readonly WrongClaims[] = [
  // Times
  ['has no exp', 'TIMES', () => rig.token({ exp: undefined })],
  ['has exp as text', 'TIMES', () => rig.token({ exp: String(seconds + 60) })],
  ['has exp null', 'TIMES', () => rig.token({ exp: null })],
  ['has exp beyond all numbers', 'TIMES', () => rig.token({}, { claimsText: text(valid).replace(/"exp":\d+/, '"exp":1e999') })],
  ['has exp as a list', 'TIMES', () => rig.token({ exp: [seconds + 60] })],
  ['has a negative exp', 'TIMES', () => rig.token({ exp: -1 })],
  ['has nbf as text', 'TIMES', () => rig.token({ nbf: '0' })],
  ['has nbf null', 'TIMES', () => rig.token({ nbf: null })],
  ['has iat below all numbers', 'TIMES', () => rig.token({}, { claimsText: text(valid).replace(/"iat":\d+/, '"iat":-1e999') })],
  ['has iat true', 'TIMES', () => rig.token({ iat: true })],
  ['expired 300 s ago', 'EXPIRED', () => rig.token({ iat: seconds - 900, nbf: seconds - 900, exp: seconds - 300 })],
  ['expired in 1970', 'EXPIRED', () => rig.token({ exp: 0 })],
  ['has milliseconds in exp', 'LIFETIME', () => rig.token({ exp: now + 3_900_000 })],
  ['begins in 301 s', 'NOT_YET_VALID', () => rig.token({ nbf: seconds + 301 })],
  ['was issued one day ahead', 'NOT_YET_VALID', () => rig.token({ iat: seconds + 86_400, exp: seconds + 90_000 })],
  ['lives for 24 h and a second', 'LIFETIME', () => rig.token({ exp: seconds + 86_401 })],
  ['lives too long and hides when it began', 'LIFETIME', () => rig.token({ iat: undefined, nbf: undefined, exp: seconds + 86_401 })],
  // Issuer
  ['has another issuer', 'ISSUER', () => rig.token({ iss: 'https://evil.example' })],
  ['has an issuer with a slash more', 'ISSUER', () => rig.token({ iss: `${valid.iss}/` })],
  ['has an issuer in other case', 'ISSUER', () => rig.token({ iss: valid.iss.toUpperCase() })],
  ['has a list of issuers', 'ISSUER', () => rig.token({ iss: [valid.iss] })],
  ['has no issuer', 'ISSUER', () => rig.token({ iss: undefined })],
  [
    'has the literal template as issuer',
    'ISSUER',
    () => rig.token({ iss: 'https://sts.windows.net/{tid}/' }),
    { issuers: ['https://sts.windows.net/{tid}/'] },
  ],
  [
    'has the issuer of another tenant',
    'ISSUER',
    () => rig.token({ iss: 'https://sts.windows.net/other/' }),
    { issuers: ['https://sts.windows.net/{tid}/'] },
  ],
  [
    'has a templated issuer and no tenant',
    'ISSUER',
    () => rig.token({ iss: 'https://sts.windows.net//', tid: '' }),
    { issuers: ['https://sts.windows.net/{tid}/'] },
  ],
  [
    'has a tenant that bends the issuer',
    'ISSUER',
    () => rig.token({ iss: 'https://sts.windows.net/a/../b/', tid: 'a/../b' }),
    { issuers: ['https://sts.windows.net/{tid}/'] },
  ],
  [
    'has a tenant that is a replacement pattern',
    'ISSUER',
    () => rig.token({ iss: 'https://sts.windows.net/{tid}/', tid: '$&' }),
    { issuers: ['https://sts.windows.net/{tid}/'] },
  ],
  // Audience
  ['has another audience', 'AUDIENCE', () => rig.token({ aud: 'app-2' })],
  ['has a list of audiences', 'AUDIENCE', () => rig.token({ aud: ['app-1'] })],
  ['has an object as audience', 'AUDIENCE', () => rig.token({ aud: { 'app-1': true } })],
  ['has the audience in other case', 'AUDIENCE', () => rig.token({ aud: 'APP-1' })],
  ['has an audience with a blank', 'AUDIENCE', () => rig.token({ aud: 'app-1 ' })],
  ['has no audience', 'AUDIENCE', () => rig.token({ aud: undefined })],
  // Tenant and claims
  ['has no tenant', 'TENANT', () => rig.token({ tid: undefined })],
  ['has an empty tenant', 'TENANT', () => rig.token({ tid: '' })],
  ['has a list of tenants', 'TENANT', () => rig.token({ tid: [tid] })],
  ['has a tenant that is not listed', 'TENANT', () => rig.token(), { tenants: ['99999999-0000-4000-8000-000000000000'] }],
  ['lacks a required claim', 'CLAIM', () => rig.token(), { claims: [{ name: 'appid', value: 'abc' }] }],
  ['has a required claim of another value', 'CLAIM', () => rig.token({ appid: 'abcd' }), { claims: [{ name: 'appid', value: 'abc' }] }],
  ['has a required claim in other case', 'CLAIM', () => rig.token({ appid: 'ABC' }), { claims: [{ name: 'appid', value: 'abc' }] }],
  ['has a required claim that is no text', 'CLAIM', () => rig.token({ ver: 1 }), { claims: [{ name: 'ver', value: '1' }] }],
  ['would need an inherited claim', 'CLAIM', () => rig.token(), { claims: [{ name: 'constructor', value: 'Object' }] }],
];

describe('a token with a valid signature is refused when it', () => {
  it.each(refused.map(([what, code, token, rule]) => ({ what, code, token, rule })))(
    '$what: ERR_VERIFY_TOKEN_$code',
    async ({ code, token, rule }) => {
      expect(await rig.authenticate({ authorization: `Bearer ${token()}` }, rule)).toMatchObject({
        kind: 'refused',
        code: `ERR_VERIFY_TOKEN_${code}`,
      });
    },
  );
});
