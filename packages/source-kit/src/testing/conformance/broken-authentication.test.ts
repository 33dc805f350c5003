import { describe, expect, it } from 'vitest';
import type { Source } from '../../source.ts';
import { verifiedByToken } from '../../token/verified-by-token.ts';
import { bearerModel, bearerOptions, hmacModel, hmacOptions } from './model-sources.ts';
import { sourceConformance } from './source-conformance.ts';

type Broken = readonly [what: string, name: RegExp, changes: Partial<Source>];

describe('a source that authenticates wrongly fails the case of that promise', () => {
  const principal = { scheme: 'bearer', issuer: null, subject: null, tenantId: null, keyId: null } as const;
  const tokenPrincipal = { ...principal, claims: {}, endorsements: [] };
  const anybody = async () => ({ kind: 'authenticated', principal: tokenPrincipal }) as const;
  const without = (check: (...args: Parameters<Source['authenticate']>) => boolean): Partial<Source> => ({
    authenticate: async (head, context) => (check(head, context) ? anybody() : bearerModel.authenticate(head, context)),
  });
  const claimsOf = (authorization: string | undefined) => {
    try {
      return JSON.parse(Buffer.from(authorization?.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
    } catch {
      return {};
    }
  };

  const broken: readonly Broken[] = [
    ['authenticates anybody', /without an Authorization header/, { authenticate: anybody }],
    ['authenticates anybody', /single bit of its signature/, { authenticate: anybody }],
    ['authenticates anybody', /key outside the key set/, { authenticate: anybody }],
    ['looks for a body before it is read', /never looks for a body/, without((head) => 'body' in head)],
    [
      'leaves its token to verify',
      /whether a token is valid/,
      { authenticate: async () => ({ kind: 'needs-body' }), verify: () => ({ kind: 'verified', principal }) },
    ],
    [
      'refuses a token in verify only',
      /single bit of its signature/,
      { authenticate: anybody, verify: () => ({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_SIGNATURE' }) },
    ],
    [
      'verifies what authenticate did not authenticate',
      /no token that authenticate did not authenticate/,
      { verify: () => ({ kind: 'verified', principal }) },
    ],
    [
      'stores the claims of a token',
      /the five members that are stored/,
      { verify: (_, authenticated) => (authenticated === null ? verifiedByToken(null) : { kind: 'verified', principal: authenticated }) },
    ],
    ['looks for the token elsewhere too', /in any other header/, without(({ headers }) => headers.authentication !== undefined)],
    ['takes the first of two headers', /second Authorization header/, without(({ duplicateHeaders }) => duplicateHeaders.length > 0)],
    [
      'does not look at the audience',
      /another audience/,
      without(({ headers }) => claimsOf(headers.authorization).aud === 'urn:another-audience'),
    ],
    [
      'does not look at the tenant',
      /another tenant/,
      without(({ headers }) => String(claimsOf(headers.authorization).tid).startsWith('9999')),
    ],
    [
      'does not look at the expiry',
      /expiry of 300 seconds ago/,
      without(({ headers }) => claimsOf(headers.authorization).exp !== undefined),
    ],
    [
      'has no patience with clocks',
      /edges of the clock skew/,
      {
        authenticate: async (head, context) => {
          const { exp = 0 } = claimsOf(head.headers.authorization) as { exp?: number };
          return exp * 1000 < context.now ? { kind: 'refused', code: 'ERR_VERIFY_TOKEN_EXPIRED' } : bearerModel.authenticate(head, context);
        },
      },
    ],
    [
      'refuses when it has no keys',
      /while no key set can be had/,
      {
        authenticate: async (head, context) => {
          const outcome = await bearerModel.authenticate(head, context);
          return outcome.kind === 'unavailable' ? { kind: 'refused', code: 'ERR_VERIFY_TOKEN_KEY_UNKNOWN' } : outcome;
        },
      },
    ],
    ...['COOLDOWN', 'UNAVAILABLE', 'KEY_UNKNOWN'].map(
      (state) =>
        [
          'looks at the audience before it looks up the key',
          new RegExp(`_${state} to every token`),
          {
            authenticate: async (head, context) =>
              claimsOf(head.headers.authorization).aud === 'urn:another-audience'
                ? { kind: 'refused', code: 'ERR_VERIFY_TOKEN_AUDIENCE' }
                : bearerModel.authenticate(head, context),
          },
        ] as const satisfies Broken,
    ),
  ];
  it.each(broken)('when it %s: %s', async (_, name, changes) => {
    const cases = sourceConformance({ ...bearerModel, ...changes }, 'Bearer', bearerOptions).filter((promise) => name.test(promise.name));
    expect(cases).toHaveLength(1);
    await expect(cases[0]?.run()).rejects.toThrow();
  });

  it('when it authenticates a MAC without its body', async () => {
    const cases = sourceConformance({ ...hmacModel, authenticate: anybody }, 'HMAC', hmacOptions);
    await expect(cases.find((promise) => promise.name.includes('leaves a MAC to its body'))?.run()).rejects.toThrow();
  });

  it('when it does not look at every byte of a signed body', async () => {
    const verify: Source['verify'] = (request, authenticated, context) =>
      hmacModel.verify({ ...request, body: Buffer.from(request.body.toString().trimEnd()) }, authenticated, context);
    const cases = sourceConformance({ ...hmacModel, verify }, 'HMAC', hmacOptions);
    await expect(cases.find((promise) => promise.name.includes('longer by one blank'))?.run()).rejects.toThrow();
  });
});
