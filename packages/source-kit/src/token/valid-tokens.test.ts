import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTokenRig, type RuleChanges, seconds, type TokenRig, tid, valid } from './testing/token-rig.ts';

type Valid = readonly [what: string, token: () => string, rule?: RuleChanges | undefined];

let rig: TokenRig;

beforeAll(async () => {
  rig = await createTokenRig();
});

afterAll(() => rig.keySets.stop());

describe('a valid token', () => {
  it('authenticates sender, tenant and key, with claims and endorsements for the source', async () => {
    const outcome = await rig.authenticate({
      authorization: `Bearer ${rig.token({ sub: 'service', serviceurl: 'https://service.example/' })}`,
    });
    expect(outcome).toMatchObject({
      kind: 'authenticated',
      principal: {
        scheme: 'bearer',
        issuer: valid.iss,
        subject: 'service',
        tenantId: tid,
        keyId: rig.issuer.kid,
        claims: { serviceurl: 'https://service.example/' },
        endorsements: ['msteams', 'webchat'],
      },
    });
  });

  const accepted: readonly Valid[] = [
    ['has no typ', () => rig.token({}, { header: { typ: undefined } })],
    ['has typ in lower case', () => rig.token({}, { header: { typ: 'jwt' } })],
    ['has no iat and no nbf', () => rig.token({ iat: undefined, nbf: undefined })],
    ['has times with fractions', () => rig.token({ exp: seconds + 0.5 })],
    ['expired 299 s ago', () => rig.token({ iat: seconds - 900, nbf: seconds - 900, exp: seconds - 299 })],
    ['begins in 300 s', () => rig.token({ nbf: seconds + 300, iat: seconds + 300 })],
    ['lives for exactly 24 h', () => rig.token({ exp: seconds + 86_400 })],
    ['has the second of two issuers', () => rig.token(), { issuers: ['https://graph.microsoft.com', 'https://api.botframework.com'] }],
    [
      'has the issuer of its own tenant',
      () => rig.token({ iss: `https://sts.windows.net/${tid}/` }),
      { issuers: ['https://sts.windows.net/{tid}/'] },
    ],
    ['has a listed tenant in other case', () => rig.token({ tid: tid.toUpperCase() }), { tenants: [tid] }],
    ['has no tenant where none is asked for', () => rig.token({ tid: undefined }), { tenant: 'any' }],
    [
      'has a required claim in other case where case does not count',
      () => rig.token({ appid: 'ABC' }),
      { claims: [{ name: 'appid', value: 'abc', ignoreCase: true }] },
    ],
    [
      'names its keys by URL, which is never fetched',
      () => rig.token({}, { header: { jku: 'https://evil.example/keys', x5u: 'https://evil.example/cert' } }),
    ],
    ['has non-ASCII claims', () => rig.token({ name: 'Zoë 🚀' })],
  ];
  it.each(accepted.map(([what, token, rule]) => ({ what, token, rule })))('is accepted when it $what', async ({ token, rule }) => {
    expect(await rig.authenticate({ authorization: `Bearer ${token()}` }, rule)).toMatchObject({ kind: 'authenticated' });
  });
});
