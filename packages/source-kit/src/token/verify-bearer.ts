import { type AuthorizedRequest, credentialOf } from '../authorization.ts';
import type { Principal, VerifyCode, VerifyContext } from '../source.ts';
import { type Claims, checkClaims, checkTimes } from './claims.ts';
import { maxTokenCharacters, readToken, type Token } from './read-token.ts';
import type { BearerRule } from './rule.ts';
import { hasValidSignature } from './signature.ts';
import { type VerifiedToken, verifiedTokensOf } from './verified-tokens.ts';

/**
 * - `verified`: who sent it, every claim, and the channel endorsements of the signing key, for what only the source can
 *   compare with its body.
 * - `refused`: the token does not prove the sender.
 * - `unavailable`: it may, but no key set is young enough to say so.
 */
export type BearerOutcome =
  | {
      readonly kind: 'verified';
      readonly principal: Principal;
      readonly claims: Claims;
      readonly endorsements: readonly string[];
    }
  | { readonly kind: 'refused'; readonly code: VerifyCode }
  | { readonly kind: 'unavailable'; readonly code: VerifyCode };

/**
 * Proves a Bearer token (RS256 JWT) against a rule. Everything cheap is checked before the key is looked up, and the
 * signature last; a token seen before is checked against the rule and the clock again, but not its signature, as long
 * as its key stays in the issuer's set. No URL that a token names is ever fetched.
 */
export async function verifyBearer(
  request: AuthorizedRequest,
  rule: BearerRule,
  context: Pick<VerifyContext<unknown>, 'keySets' | 'now'>,
): Promise<BearerOutcome> {
  const authorization = credentialOf(request, 'Bearer');
  if (!authorization.ok) return { kind: 'refused', code: authorization.code };
  if (authorization.credential.length > maxTokenCharacters) return { kind: 'refused', code: 'ERR_VERIFY_TOKEN_SIZE' };
  const verifiedTokens = verifiedTokensOf(context.keySets);
  const seen = verifiedTokens.get(rule.metadataUrl, authorization.credential);
  const read = seen === undefined ? readToken(authorization.credential) : { ok: true as const, token: seen.token };
  if (!read.ok) return { kind: 'refused', code: read.code };
  const { token } = read;
  const code = checkTimes(token.claims, context.now) ?? checkClaims(token.claims, rule);
  if (code !== undefined) return { kind: 'refused', code };
  const lookup = await context.keySets.find(rule.metadataUrl, token.kid);
  if (lookup.kind === 'unavailable') return { kind: 'unavailable', code: 'ERR_VERIFY_KEYS_UNAVAILABLE' };
  if (lookup.kind === 'unknown') return { kind: 'refused', code: 'ERR_VERIFY_TOKEN_KEY_UNKNOWN' };
  if (seen?.key !== lookup.key.key) {
    // Of a token seen before, what was signed is no longer held.
    const whole = seen === undefined ? read : readToken(authorization.credential);
    if (!whole.ok) return { kind: 'refused', code: whole.code };
    if (!hasValidSignature(whole.token, lookup.key.key)) return { kind: 'refused', code: 'ERR_VERIFY_TOKEN_SIGNATURE' };
    verifiedTokens.add(rule.metadataUrl, authorization.credential, keep(whole.token, lookup.key.key));
  }
  return { kind: 'verified', principal: principalOf(token), claims: token.claims, endorsements: lookup.key.endorsements };
}

function keep(token: Token, key: VerifiedToken['key']): VerifiedToken {
  // What was signed has served; only what later checks need stays in memory.
  return { key, token: { kid: token.kid, claims: token.claims, signed: Buffer.alloc(0), signature: Buffer.alloc(0) } };
}

function principalOf(token: Token): Principal {
  const { claims } = token;
  return {
    scheme: 'bearer',
    issuer: textOf(claims.iss),
    subject: textOf(claims.sub) ?? textOf(claims.appid),
    tenantId: textOf(claims.tid),
    keyId: token.kid,
  };
}

function textOf(claim: unknown): string | null {
  return typeof claim === 'string' && claim !== '' ? claim : null;
}
