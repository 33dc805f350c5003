import { createHmac, createPrivateKey, type JsonWebKey } from 'node:crypto';
import { createKeySets } from '../../key-sets/create-key-sets.ts';
import { createTestIssuer, type TestIssuer } from '../../testing/test-issuer.ts';
import type { TokenOptions } from '../../testing/test-token.ts';
import { authenticateBearer, type BearerOutcome } from '../authenticate-bearer.ts';
import type { BearerRule } from '../rule.ts';

export const now = Date.UTC(2026, 0, 15, 12);
export const seconds = now / 1000;
export const tid = '1fdd12d0-4620-44ed-baec-459b611f84b2';
export const valid = { aud: 'app-1', iss: 'https://api.botframework.com', iat: seconds, nbf: seconds, exp: seconds + 3900, tid };

/** Changes to the rule that a valid token fulfils. */
export type RuleChanges = Partial<BearerRule>;

/** An issuer, and what it takes to authenticate with its tokens and to forge them. */
export async function createTokenRig() {
  const issuer: TestIssuer = await createTestIssuer();
  const fetched: string[] = [];
  const keySets = createKeySets({
    now: () => now,
    // The clock does not move, and any test may ask for an unknown key.
    cooldownMs: 0,
    fetch: (input, init) => {
      fetched.push(String(input));
      return issuer.fetch(input, init);
    },
  });
  const rule: BearerRule = {
    metadataUrl: issuer.metadataUrl,
    issuers: ['https://api.botframework.com'],
    audience: 'app-1',
    tenant: 'required',
    tenants: [],
  };
  /** A token that is valid but for the changed claims and the options. */
  const token = (claims: Readonly<Record<string, unknown>> = {}, options: TokenOptions = {}): string =>
    issuer.token({ ...valid, ...claims }, { now, ...options });
  return {
    issuer,
    keySets,
    rule,
    fetched,
    token,
    key: createPrivateKey({ key: issuer.privateKeys()[0] as JsonWebKey, format: 'jwk' }),
    authenticate: async (
      headers: Readonly<Record<string, string>>,
      changes: RuleChanges = {},
      duplicateHeaders: readonly string[] = [],
    ): Promise<BearerOutcome> => authenticateBearer({ headers, duplicateHeaders }, { ...rule, ...changes }, { keySets, now }),
    /** A valid token with one of its three segments replaced by what `change` makes of it. */
    withSegment(index: 0 | 1 | 2, change: (segment: string) => string): string {
      const segments = token().split('.');
      segments[index] = change(segments[index] as string);
      return segments.join('.');
    },
  };
}

export type TokenRig = Awaited<ReturnType<typeof createTokenRig>>;

export function hs256(secret: string): TokenOptions {
  return { header: { alg: 'HS256' }, sign: (signed) => createHmac('sha256', secret).update(signed).digest() };
}
