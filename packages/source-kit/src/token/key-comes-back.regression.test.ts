import { type CryptoKey, importJWK, type JWK } from 'jose';
import { expect, it } from 'vitest';
import type { IssuerKey, KeySets } from '../key-sets.ts';
import { createTestIssuer } from '../testing/test-issuer.ts';
import { authenticateBearer } from './authenticate-bearer.ts';
import { now, valid } from './testing/token-rig.ts';

it('authenticates a token seen before whose key left the set and came back as another object', async () => {
  const issuer = await createTestIssuer();
  const fetching = issuer.keySets({ now: () => now });
  const lookup = await fetching.find(issuer.metadataUrl, issuer.kid);
  await fetching.stop();
  if (lookup.kind !== 'found') throw new Error('the issuer has no key');
  let held: IssuerKey | undefined = lookup.key;
  const keySets = { find: async () => (held === undefined ? { kind: 'unknown' } : { kind: 'found', key: held }) } as unknown as KeySets;
  const rule = { metadataUrl: issuer.metadataUrl, issuers: [valid.iss], audience: 'app-1', tenant: 'any', tenants: [] } as const;
  const authorization = `Bearer ${issuer.token(valid)}`;
  const authenticate = () => authenticateBearer({ headers: { authorization }, duplicateHeaders: [] }, rule, { keySets, now });

  expect((await authenticate()).kind).toBe('authenticated');
  held = undefined;
  expect(await authenticate()).toMatchObject({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_KEY_UNKNOWN' });
  held = { ...lookup.key, key: (await importJWK(issuer.jwks().keys[0] as JWK, 'RS256')) as CryptoKey };
  expect((await authenticate()).kind).toBe('authenticated');
  expect((await authenticate()).kind).toBe('authenticated');
});
