import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { authenticateBearer } from '../token/authenticate-bearer.ts';
import { createTestIssuer } from './test-issuer.ts';

const rule = (metadataUrl: string) =>
  ({ metadataUrl, issuers: ['https://api.botframework.com'], audience: 'app-1', tenant: 'any', tenants: [] }) as const;
const claims = { iss: 'https://api.botframework.com', aud: 'app-1' };

function bearing(token: string) {
  return { headers: { authorization: `Bearer ${token}` }, duplicateHeaders: [] };
}

describe('the test issuer', () => {
  it('signs tokens that another JWT library verifies with its published keys', async () => {
    const issuer = await createTestIssuer();
    const { payload } = await jwtVerify(issuer.token(claims), createLocalJWKSet(issuer.jwks() as never));
    expect(payload).toMatchObject(claims);
  });

  it('has the same keys again when made from what it stored', async () => {
    const first = await createTestIssuer();
    await first.rotate();
    const second = await createTestIssuer({ keys: first.privateKeys() });
    expect(second.jwks()).toEqual(first.jwks());
    expect(second.kid).toBe(first.kid);
  });

  it('gives signers whose tokens its key sets authenticate', async () => {
    const issuer = await createTestIssuer();
    const keySets = issuer.keySets();
    const signer = issuer.signer({
      app: 'a',
      audience: 'app-1',
      tenantId: 't',
      hmacKey: Buffer.alloc(32, 1).toString('base64'),
      hmacId: 'h',
    });
    const outcome = await authenticateBearer(bearing(await signer.token(claims)), rule(issuer.metadataUrl), { keySets, now: signer.now });
    expect(outcome).toMatchObject({ kind: 'authenticated', principal: { endorsements: ['msteams', 'webchat'] } });
    await keySets.stop();
  });
});
