import type { VerifyOutcome } from '@switchboard/source-kit';
import { authenticateAndVerify, createTestIssuer } from '@switchboard/source-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestOf } from '../testing/request.ts';
import { ucwa } from './index.ts';

// The claim set of a live token as the platform publishes it, with tenants of our own.
const tenant = '1fdd12d0-4620-44ed-baec-000000000001';
const claims = {
  aud: 'https://litware.example',
  iss: `https://sts.windows.net/${tenant}/`,
  appid: '00000004-0000-0ff1-ce00-000000000000',
  appidacr: '2',
  idp: `https://sts.windows.net/${tenant}/`,
  oid: '2d452913-80c9-4b56-8419-000000000001',
  sub: '2d452913-80c9-4b56-8419-000000000001',
  tid: tenant,
  ver: '1.0',
};

describe('the token of a UCWA notification', () => {
  let issuer: Awaited<ReturnType<typeof createTestIssuer>>;
  let keySets: ReturnType<typeof issuer.keySets>;

  beforeAll(async () => {
    issuer = await createTestIssuer();
    keySets = issuer.keySets();
  });
  afterAll(() => keySets.stop());

  const verifyWith = (changed: Readonly<Record<string, unknown>>): Promise<VerifyOutcome> => {
    const entry = { audience: 'https://litware.example', tenants: [tenant], metadataUrl: issuer.metadataUrl };
    const request = requestOf({}, { headers: { authorization: `Bearer ${issuer.token({ ...claims, ...changed })}` } });
    return authenticateAndVerify(ucwa, request, { app: 'contoso', entry, keySets, now: Date.now() });
  };

  it('authenticates tenant, subject and key', async () => {
    expect(await verifyWith({})).toEqual({
      kind: 'verified',
      principal: { scheme: 'bearer', issuer: claims.iss, subject: claims.sub, tenantId: tenant, keyId: issuer.kid },
    });
  });

  it('may lead with x5t beside kid, as the platform does', async () => {
    const authorization = `Bearer ${issuer.token(claims, { header: { x5t: issuer.kid } })}`;
    const entry = { audience: 'https://litware.example', tenants: [tenant], metadataUrl: issuer.metadataUrl };
    expect(
      (await authenticateAndVerify(ucwa, requestOf({}, { headers: { authorization } }), { app: 'a', entry, keySets, now: Date.now() }))
        .kind,
    ).toBe('verified');
  });

  it.each([
    ['a trailing slash at the audience', { aud: 'https://litware.example/' }, 'ERR_VERIFY_TOKEN_AUDIENCE'],
    ['the issuer of another tenant', { iss: 'https://sts.windows.net/other/' }, 'ERR_VERIFY_TOKEN_ISSUER'],
    ['an issuer without its slash', { iss: claims.iss.slice(0, -1) }, 'ERR_VERIFY_TOKEN_ISSUER'],
    ['a tenant that is not admitted', { tid: 'other', iss: 'https://sts.windows.net/other/' }, 'ERR_VERIFY_TOKEN_TENANT'],
    ['no tenant', { tid: undefined }, 'ERR_VERIFY_TOKEN_ISSUER'],
    ['another application', { appid: '00000004-0000-0ff1-ce00-000000000001' }, 'ERR_VERIFY_TOKEN_CLAIM'],
    ['no application', { appid: undefined }, 'ERR_VERIFY_TOKEN_CLAIM'],
    ['version 2.0', { ver: '2.0' }, 'ERR_VERIFY_TOKEN_CLAIM'],
  ])('is refused with %s', async (_, changed, code) => {
    expect(await verifyWith(changed)).toEqual({ kind: 'refused', code, keyId: issuer.kid });
  });

  it('may write the application id in capitals', async () => {
    expect((await verifyWith({ appid: claims.appid.toUpperCase() })).kind).toBe('verified');
  });
});
