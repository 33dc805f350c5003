import type { VerifyOutcome } from '@switchboard/source-kit';
import { authenticateAndVerify, createTestIssuer, type TestIssuer, type TokenOptions } from '@switchboard/source-kit/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { audience, entryOf, requestOf, tenant } from './calling/test-support.ts';
import { graphCalling } from './graph-calling/index.ts';
import { legacyCalling } from './legacy-calling/index.ts';

const now = 1_766_400_000_000;
const claims = { aud: audience, iss: 'https://api.botframework.com', tid: tenant };

describe.each([graphCalling, legacyCalling])('the token of a $id notification', (source) => {
  let issuer: TestIssuer;
  beforeAll(async () => {
    issuer = await createTestIssuer();
  });

  async function verify(headers: Readonly<Record<string, string>>, entry: Readonly<Record<string, unknown>> = {}): Promise<VerifyOutcome> {
    const keySets = issuer.keySets({ now: () => now });
    try {
      return await authenticateAndVerify(source, requestOf({ any: 'body' }, { headers }), {
        app: 'contoso-bot',
        entry: entryOf({ metadataUrl: issuer.metadataUrl, ...entry }),
        keySets,
        now,
      });
    } finally {
      await keySets.stop();
    }
  }

  const bearer = (changed: Readonly<Record<string, unknown>> = {}, options: TokenOptions = {}) => ({
    authorization: `Bearer ${issuer.token({ ...claims, ...changed }, { now, ...options })}`,
  });

  it('authenticates the sender and its tenant', async () => {
    expect(await verify(bearer())).toEqual({
      kind: 'verified',
      principal: { scheme: 'bearer', issuer: claims.iss, subject: null, tenantId: tenant, keyId: issuer.kid },
    });
  });

  it('may live for the 3,900 s of the published example', async () => {
    const seconds = now / 1000;
    expect(await verify(bearer({ iat: seconds, nbf: seconds, exp: seconds + 3900 }))).toMatchObject({ kind: 'verified' });
  });

  it("may come from the second of Microsoft's issuers", async () => {
    expect(await verify(bearer({ iss: 'https://graph.microsoft.com' }))).toMatchObject({ kind: 'verified' });
  });

  it.each([
    ['another audience', { aud: 'another' }, 'ERR_VERIFY_TOKEN_AUDIENCE'],
    ['another issuer', { iss: 'https://login.example' }, 'ERR_VERIFY_TOKEN_ISSUER'],
    ['an empty issuer', { iss: '' }, 'ERR_VERIFY_TOKEN_ISSUER'],
    ['no tenant', { tid: undefined }, 'ERR_VERIFY_TOKEN_TENANT'],
    ['an empty tenant', { tid: '' }, 'ERR_VERIFY_TOKEN_TENANT'],
    ['an end in the past', { iat: now / 1000 - 4000, nbf: now / 1000 - 4000, exp: now / 1000 - 301 }, 'ERR_VERIFY_TOKEN_EXPIRED'],
    ['a start in the future', { iat: now / 1000 + 301, nbf: now / 1000 + 301, exp: now / 1000 + 900 }, 'ERR_VERIFY_TOKEN_NOT_YET_VALID'],
  ])('is refused with %s', async (_, changed, code) => {
    expect(await verify(bearer(changed))).toEqual({ kind: 'refused', code, keyId: issuer.kid });
  });

  it('is refused when the entry lists issuers and this is none of them', async () => {
    expect(await verify(bearer(), { issuers: ['https://graph.microsoft.com'] })).toMatchObject({
      kind: 'refused',
      code: 'ERR_VERIFY_TOKEN_ISSUER',
    });
  });

  it('must name a listed tenant, in any letter case', async () => {
    expect(await verify(bearer(), { tenants: [tenant.toUpperCase()] })).toMatchObject({ kind: 'verified' });
    expect(await verify(bearer(), { tenants: ['another'] })).toMatchObject({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_TENANT' });
  });

  it('is read from the Authorization header only, although the published example shows another', async () => {
    const { authorization } = bearer();
    expect(await verify({ authentication: authorization })).toEqual({ kind: 'refused', code: 'ERR_VERIFY_AUTHORIZATION_MISSING' });
  });

  it('is refused with a signature of another key', async () => {
    const other = await createTestIssuer();
    const authorization = `Bearer ${other.token(claims, { now, header: { kid: issuer.kid } })}`;
    expect(await verify({ authorization })).toMatchObject({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_SIGNATURE' });
  });

  it('is unavailable while no key set can be fetched', async () => {
    expect(await verify(bearer(), { metadataUrl: 'https://issuer.example/gone' })).toMatchObject({ kind: 'unavailable' });
  });
});
