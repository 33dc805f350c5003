import { type AuthorizationHead, credentialOf } from '../authorization.ts';
import type { AuthenticateContext, AuthenticateOutcome, TokenPrincipal } from '../source.ts';
import { checkClaims, checkTimes } from './check-claims.ts';
import { keyIdOf } from './key-id.ts';
import { maxTokenCharacters, readToken, type Token } from './read-token.ts';
import type { BearerRule } from './rule.ts';
import { hasValidSignature } from './signature.ts';
import { verifiedTokensOf } from './verified-tokens.ts';

const UNAVAILABLE = { cooldown: 'ERR_VERIFY_KEY_COOLDOWN', unavailable: 'ERR_VERIFY_KEYS_UNAVAILABLE' } as const;

/** What a token says about its sender. A body is never needed. */
export type BearerOutcome = Exclude<AuthenticateOutcome, { readonly kind: 'needs-body' }>;

/**
 * Authenticates the sender of a Bearer token (RS256 JWT) by a rule: form, key, times and claims, and the signature last.
 * A token seen before is checked against the rule and the clock again, but its signature is not verified again while its
 * key stays in the issuer's set. No URL that a token names is fetched.
 */
export async function authenticateBearer(
  head: AuthorizationHead,
  rule: BearerRule,
  context: Pick<AuthenticateContext<unknown>, 'keySets' | 'now'>,
): Promise<BearerOutcome> {
  const authorization = credentialOf(head, 'Bearer');
  if (!authorization.ok) return { kind: 'refused', code: authorization.code };
  const { credential } = authorization;
  if (credential.length > maxTokenCharacters) return { kind: 'refused', code: 'ERR_VERIFY_TOKEN_SIZE' };
  const slot = verifiedTokensOf(context.keySets).slotOf(rule.metadataUrl, credential);
  const read = slot.found === undefined ? readToken(credential) : { ok: true as const, token: slot.found.token };
  if (!read.ok) return { kind: 'refused', code: read.code, ...keyIdOf(read.keyId) };
  const { token } = read;
  const named = keyIdOf(token.kid);
  // The key comes before the claims: `unavailable` is a 503 that anyone can see. Were it given only for right claims, an
  // unsigned token under an unknown key id would tell an outsider which audience, issuer and tenants the app admits.
  const lookup = await context.keySets.find(rule.metadataUrl, token.kid);
  if (lookup.kind === 'unavailable' || lookup.kind === 'cooldown') return { kind: 'unavailable', code: UNAVAILABLE[lookup.kind], ...named };
  if (lookup.kind === 'unknown') return { kind: 'refused', code: 'ERR_VERIFY_TOKEN_KEY_UNKNOWN', ...named };
  const code = checkTimes(token.claims, context.now) ?? checkClaims(token.claims, rule);
  if (code !== undefined) return { kind: 'refused', code, ...named };
  const { key, endorsements } = lookup.key;
  if (slot.found?.key !== key) {
    if (!(await hasValidSignature(credential, key))) return { kind: 'refused', code: 'ERR_VERIFY_TOKEN_SIGNATURE', ...named };
    slot.keep({ token, key });
  }
  return { kind: 'authenticated', principal: principalOf(token, endorsements) };
}

function principalOf({ kid, claims }: Token, endorsements: readonly string[]): TokenPrincipal {
  return {
    scheme: 'bearer',
    issuer: textOf(claims.iss),
    subject: textOf(claims.sub) ?? textOf(claims.appid),
    tenantId: textOf(claims.tid),
    keyId: kid,
    claims,
    endorsements,
  };
}

function textOf(claim: unknown): string | null {
  return typeof claim === 'string' && claim !== '' ? claim : null;
}
