import { createPublicKey } from 'node:crypto';
import { expect, it } from 'vitest';
import type { IssuerKey, KeySets } from '../key-sets.ts';
import { createTestIssuer } from '../testing/test-issuer.ts';
import { now, sound } from './testing/token-rig.ts';
import { verifyBearer } from './verify-bearer.ts';

it('verifies a token seen before whose key left the set and came back as another object', async () => {
  const issuer = await createTestIssuer();
  const fetching = issuer.keySets({ now: () => now });
  const lookup = await fetching.find(issuer.metadataUrl, issuer.kid);
  await fetching.stop();
  if (lookup.kind !== 'found') throw new Error('the issuer has no key');
  let held: IssuerKey | undefined = lookup.key;
  const keySets = { find: async () => (held === undefined ? { kind: 'unknown' } : { kind: 'found', key: held }) } as unknown as KeySets;
  const rule = { metadataUrl: issuer.metadataUrl, issuers: [sound.iss], audience: 'app-1', tenant: 'any', tenants: [] } as const;
  const authorization = `Bearer ${issuer.token(sound)}`;
  const verify = () => verifyBearer({ headers: { authorization }, duplicateHeaders: [] }, rule, { keySets, now });

  expect((await verify()).kind).toBe('verified');
  held = undefined;
  expect(await verify()).toEqual({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_KEY_UNKNOWN' });
  held = { ...lookup.key, key: createPublicKey(lookup.key.key.export({ type: 'spki', format: 'pem' })) };
  expect((await verify()).kind).toBe('verified');
  expect((await verify()).kind).toBe('verified');
});
