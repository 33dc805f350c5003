import assert from 'node:assert/strict';
import { createKeySets } from '../../key-sets/create-key-sets.ts';
import type { KeySets } from '../../key-sets.ts';
import type { AuthenticateOutcome } from '../../source.ts';
import { headOf } from '../authenticate-and-verify.ts';
import { authenticateIn } from './expectations.ts';
import type { ConformanceCase } from './options.ts';
import { type Claims, firstToken, withToken } from './sample-tokens.ts';
import { now, type Rig } from './setup.ts';

const KEY_ID = 'unpublished';
const SECONDS = now / 1000;
const OTHER_TENANT = '99999999-0000-4000-8000-000000000000';

/**
 * What a token under an unknown key id may tell about the app: nothing. Its claims are an outsider's guesses, so a right
 * guess and a wrong one get the same outcome.
 */
export function unknownKeyCases(rigged: () => Promise<Rig>): readonly ConformanceCase[] {
  return [
    sameOutcome(rigged, 'during the cooldown of the key set', 'ERR_VERIFY_KEY_COOLDOWN', async (rig) => {
      const keySets = createKeySets({ fetch: rig.issuer.fetch, now: () => now, monotonic: () => 0 });
      await keySets.find(rig.issuer.metadataUrl, rig.issuer.kid);
      return keySets;
    }),
    sameOutcome(rigged, 'while no set is held', 'ERR_VERIFY_KEYS_UNAVAILABLE', async () =>
      createKeySets({ fetch: () => Promise.reject(new Error('unreachable')), now: () => now, monotonic: () => 0 }),
    ),
    sameOutcome(rigged, 'once a fetch did not show the key', 'ERR_VERIFY_TOKEN_KEY_UNKNOWN', async (rig) => {
      const keySets = createKeySets({ fetch: rig.issuer.fetch, now: () => now, monotonic: () => 0 });
      await keySets.find(rig.issuer.metadataUrl, KEY_ID);
      return keySets;
    }),
  ];
}

function sameOutcome(rigged: () => Promise<Rig>, when: string, code: string, keySetsOf: (rig: Rig) => Promise<KeySets>): ConformanceCase {
  return {
    name: `gives ${code} to every token under an unknown key id ${when}, right or wrong in tenant, audience, issuer and times`,
    run: async () => {
      const rig = await rigged();
      const keySets = await keySetsOf(rig);
      const { request, claims } = firstToken(rig);
      try {
        for (const [what, guess] of guesses(claims, rig.tenantId)) {
          const token = rig.issuer.token(guess, { now, header: { kid: KEY_ID } });
          const outcome: AuthenticateOutcome = await authenticateIn({ ...rig, keySets }, headOf(withToken(request, token)));
          const kind = code === 'ERR_VERIFY_TOKEN_KEY_UNKNOWN' ? 'refused' : 'unavailable';
          assert.deepEqual(outcome, { kind, code, keyId: KEY_ID }, what);
        }
      } finally {
        await keySets.stop();
      }
    },
  };
}

function guesses(claims: Claims, tenantId: string): readonly (readonly [string, Claims])[] {
  return [
    ['right in everything', claims],
    ['another audience', { ...claims, aud: 'urn:another-audience' }],
    ['another issuer', { ...claims, iss: 'https://issuer.invalid' }],
    ['another tenant', JSON.parse(JSON.stringify({ ...claims, tid: tenantId }).replaceAll(tenantId, OTHER_TENANT)) as Claims],
    ['no tenant', { ...claims, tid: undefined }],
    ['an expiry of an hour ago', { ...claims, iat: SECONDS - 7200, nbf: SECONDS - 7200, exp: SECONDS - 3600 }],
    ['a beginning in an hour', { ...claims, iat: SECONDS + 3600, nbf: SECONDS + 3600, exp: SECONDS + 7200 }],
    ['no expiry', { ...claims, exp: undefined }],
  ];
}
