import assert from 'node:assert/strict';
import { createKeySets } from '../../key-sets/create-key-sets.ts';
import type { KeySets } from '../../key-sets.ts';
import type { InboundRequest, VerifyCode } from '../../source.ts';
import { headOf } from '../authenticate-and-verify.ts';
import { createTestIssuer } from '../test-issuer.ts';
import type { TokenOptions } from '../test-token.ts';
import { authenticateIn, expectHeadRefused, verifyIn } from './expectations.ts';
import type { ConformanceCase } from './options.ts';
import { type Claims, firstToken, withToken } from './sample-tokens.ts';
import { now, type Rig } from './setup.ts';

const SECONDS = now / 1000;
const SKEW_SECONDS = 300;

/** What holds for every source that trusts tokens of an issuer. A token is judged before the body is read. */
export function bearerCases(rigged: () => Promise<Rig>): readonly ConformanceCase[] {
  return [
    {
      name: 'refuses a token with any single bit of its signature flipped',
      run: async () => {
        const rig = await rigged();
        const { request, token } = firstToken(rig);
        const [head = '', claims = '', signature = ''] = token.split('.');
        const bytes = Buffer.from(signature, 'base64url');
        for (let bit = 0; bit < bytes.length * 8; bit++) {
          const flipped = Buffer.from(bytes);
          flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
          const forged = `${head}.${claims}.${flipped.toString('base64url')}`;
          await expectHeadRefused(rig, withToken(request, forged), ['ERR_VERIFY_TOKEN_SIGNATURE'], `bit ${bit}`);
        }
      },
    },
    {
      name: 'refuses a token with any single bit of its header or claims flipped',
      run: async () => {
        const rig = await rigged();
        const { request, token } = firstToken(rig);
        const [head = '', claims = '', signature = ''] = token.split('.');
        for (const [index, segment] of [head, claims].entries()) {
          const bytes = Buffer.from(segment, 'base64url');
          for (let bit = 0; bit < bytes.length * 8; bit++) {
            const flipped = Buffer.from(bytes);
            flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
            const changed = flipped.toString('base64url');
            const forged = index === 0 ? `${changed}.${claims}.${signature}` : `${head}.${changed}.${signature}`;
            await expectHeadRefused(rig, withToken(request, forged), undefined, `segment ${index}, bit ${bit}`);
          }
        }
      },
    },
    ...claimRefusals(rigged),
    {
      name: 'accepts a token at the very edges of the clock skew',
      run: async () => {
        const rig = await rigged();
        const { request, claims } = firstToken(rig);
        const edges = [
          { ...claims, iat: SECONDS - 600, nbf: SECONDS - 600, exp: SECONDS - SKEW_SECONDS + 1 },
          { ...claims, iat: SECONDS + SKEW_SECONDS, nbf: SECONDS + SKEW_SECONDS, exp: SECONDS + 3600 },
        ];
        for (const edge of edges) {
          const outcome = await verifyIn(rig, withToken(request, rig.issuer.token(edge)));
          assert.equal(outcome.kind, 'verified', JSON.stringify(outcome));
        }
      },
    },
    {
      name: 'refuses a token of another tenant and one without, where its tokens name tenants',
      run: async () => {
        const rig = await rigged();
        const { request, claims } = firstToken(rig);
        if (claims.tid === undefined) return;
        const other = '99999999-0000-4000-8000-000000000000';
        const moved = JSON.parse(JSON.stringify(claims).replaceAll(rig.tenantId, other)) as Claims;
        await expectHeadRefused(rig, withToken(request, rig.issuer.token(moved)), ['ERR_VERIFY_TOKEN_TENANT']);
        const codes = ['ERR_VERIFY_TOKEN_TENANT', 'ERR_VERIFY_TOKEN_ISSUER'] as const;
        await expectHeadRefused(rig, withToken(request, rig.issuer.token({ ...claims, tid: undefined })), codes);
      },
    },
    {
      name: 'refuses a token signed with a key outside the key set of its issuer',
      run: async () => {
        const rig = await rigged();
        const { request, claims } = firstToken(rig);
        const other = await createTestIssuer();
        await expectHeadRefused(rig, withToken(request, other.token(claims, { now })), ['ERR_VERIFY_TOKEN_KEY_UNKNOWN']);
        const posing = other.token(claims, { now, header: { kid: rig.issuer.kid } });
        await expectHeadRefused(rig, withToken(request, posing), ['ERR_VERIFY_TOKEN_SIGNATURE']);
      },
    },
    {
      name: 'says unavailable, never refused, while no key set can be had',
      run: async () => {
        const rig = await rigged();
        const keySets = createKeySets({ fetch: () => Promise.reject(new Error('unreachable')), now: () => now });
        for (const { request } of rig.samples) await expectUnavailable(rig, request, keySets);
        await keySets.stop();
      },
    },
  ];
}

function claimRefusals(rigged: () => Promise<Rig>): readonly ConformanceCase[] {
  return [
    refusal(rigged, 'another audience', (claims) => ({ ...claims, aud: 'urn:another-audience' }), ['ERR_VERIFY_TOKEN_AUDIENCE']),
    refusal(rigged, 'a list of audiences', (claims) => ({ ...claims, aud: [claims.aud] }), ['ERR_VERIFY_TOKEN_AUDIENCE']),
    refusal(rigged, 'no audience', (claims) => ({ ...claims, aud: undefined }), ['ERR_VERIFY_TOKEN_AUDIENCE']),
    refusal(rigged, 'another issuer', (claims) => ({ ...claims, iss: 'https://issuer.invalid' }), ['ERR_VERIFY_TOKEN_ISSUER']),
    refusal(rigged, 'an issuer with one more slash', (claims) => ({ ...claims, iss: `${String(claims.iss)}/` }), [
      'ERR_VERIFY_TOKEN_ISSUER',
    ]),
    refusal(rigged, 'no issuer', (claims) => ({ ...claims, iss: undefined }), ['ERR_VERIFY_TOKEN_ISSUER']),
    refusal(rigged, 'no expiry', (claims) => ({ ...claims, exp: undefined }), ['ERR_VERIFY_TOKEN_TIMES']),
    refusal(rigged, 'an expiry of 300 seconds ago', (claims) => ({ ...claims, exp: SECONDS - SKEW_SECONDS }), ['ERR_VERIFY_TOKEN_EXPIRED']),
    refusal(rigged, 'a beginning in 301 seconds', (claims) => ({ ...claims, nbf: SECONDS + SKEW_SECONDS + 1 }), [
      'ERR_VERIFY_TOKEN_NOT_YET_VALID',
    ]),
    refusal(rigged, 'an issue time in 301 seconds', (claims) => ({ ...claims, iat: SECONDS + SKEW_SECONDS + 1 }), [
      'ERR_VERIFY_TOKEN_NOT_YET_VALID',
    ]),
    refusal(rigged, 'a lifetime beyond 24 hours', (claims) => ({ ...claims, iat: SECONDS, exp: SECONDS + 86_401 }), [
      'ERR_VERIFY_TOKEN_LIFETIME',
    ]),
    refusal(rigged, 'no signature algorithm', (claims) => claims, ['ERR_VERIFY_TOKEN_ALGORITHM'], { header: { alg: 'none' } }),
  ];
}

function refusal(
  rigged: () => Promise<Rig>,
  what: string,
  change: (claims: Claims) => Claims,
  codes: readonly VerifyCode[],
  options: TokenOptions = {},
): ConformanceCase {
  return {
    name: `refuses a token with ${what}`,
    run: async () => {
      const rig = await rigged();
      const { request, claims } = firstToken(rig);
      await expectHeadRefused(rig, withToken(request, rig.issuer.token(change(claims), { now, ...options })), codes);
    },
  };
}

async function expectUnavailable(rig: Rig, request: InboundRequest, keySets: KeySets): Promise<void> {
  const outcome = await authenticateIn({ ...rig, keySets }, headOf(request));
  assert.deepEqual(outcome, { kind: 'unavailable', code: 'ERR_VERIFY_KEYS_UNAVAILABLE', keyId: rig.issuer.kid });
}
