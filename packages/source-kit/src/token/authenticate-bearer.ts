import { type AuthorizationHead, hasCredentialSyntax, presentedCredential } from '../authorization.ts';
import type { KeyLookup, KeySets } from '../key-sets.ts';
import type { AuthenticateContext, AuthenticateOutcome, TokenPrincipal, VerifyCode } from '../source.ts';
import { checkClaims, checkTimes } from './check-claims.ts';
import { keyIdOf } from './key-id.ts';
import { maxTokenCharacters, readToken, type Token } from './read-token.ts';
import type { BearerRule } from './rule.ts';
import { hasValidSignature } from './signature.ts';
import { type TokenSlot, verifiedTokensOf } from './verified-tokens.ts';

const UNAVAILABLE = { cooldown: 'ERR_VERIFY_KEY_COOLDOWN', unavailable: 'ERR_VERIFY_KEYS_UNAVAILABLE' } as const;

/** What a token says about its sender. A body is never needed. */
export type BearerOutcome = Exclude<AuthenticateOutcome, { readonly kind: 'needs-body' }>;

/** A well-formed token, its text and its place in the cache. */
interface Presented {
  readonly credential: string;
  readonly token: Token;
  readonly slot: TokenSlot;
}

type Context = Pick<AuthenticateContext<unknown>, 'keySets' | 'now'>;
type Refused = Extract<BearerOutcome, { readonly kind: 'refused' }>;

/**
 * Authenticates the sender of a Bearer token (RS256 JWT) by a rule: form, key, times and claims, and the signature last.
 * A token seen before is checked against the rule and the clock again. Its signature is verified again only when its key has
 * left the issuer's set. No URL that a token names is fetched.
 *
 * The outcome is there at once, and not a promise, unless a key has to be fetched or the token is seen first.
 */
export function authenticateBearer(head: AuthorizationHead, rule: BearerRule, context: Context): BearerOutcome | Promise<BearerOutcome> {
  const presented = readPresented(head, rule, context.keySets);
  if ('kind' in presented) return presented;
  // The key is looked up before the claims are checked: `unavailable` is a 503 that anyone can see. If only right claims led to
  // it, an unsigned token under an unknown key id would show which audience, issuer and tenants the app admits.
  const lookup = context.keySets.find(rule.metadataUrl, presented.token.kid);
  if (lookup instanceof Promise) return lookup.then((found) => judge(presented, found, rule, context.now));
  return judge(presented, lookup, rule, context.now);
}

function readPresented(head: AuthorizationHead, rule: BearerRule, keySets: KeySets): Presented | Refused {
  const authorization = presentedCredential(head, 'Bearer');
  if (!authorization.ok) return { kind: 'refused', code: authorization.code };
  const { credential } = authorization;
  const slot = credential.length > maxTokenCharacters ? undefined : verifiedTokensOf(keySets).slotOf(rule.metadataUrl, credential);
  // The text of a token seen before was checked then.
  if (slot?.found !== undefined) return { credential, token: slot.found.token, slot };
  if (!hasCredentialSyntax(credential)) return { kind: 'refused', code: 'ERR_VERIFY_AUTHORIZATION_SYNTAX' };
  if (slot === undefined) return { kind: 'refused', code: 'ERR_VERIFY_TOKEN_SIZE' };
  const read = readToken(credential);
  return read.ok ? { credential, token: read.token, slot } : { kind: 'refused', code: read.code, ...keyIdOf(read.keyId) };
}

function judge(
  { credential, token, slot }: Presented,
  lookup: KeyLookup,
  rule: BearerRule,
  now: number,
): BearerOutcome | Promise<BearerOutcome> {
  const named = keyIdOf(token.kid);
  const refused = (code: VerifyCode): Refused => ({ kind: 'refused', code, ...named });
  if (lookup.kind === 'unavailable' || lookup.kind === 'cooldown') return { kind: 'unavailable', code: UNAVAILABLE[lookup.kind], ...named };
  if (lookup.kind === 'unknown') return refused('ERR_VERIFY_TOKEN_KEY_UNKNOWN');
  const code = checkTimes(token.claims, now) ?? checkClaims(token.claims, rule);
  if (code !== undefined) return refused(code);
  const { key, endorsements } = lookup.key;
  const authenticated = (): BearerOutcome => ({ kind: 'authenticated', principal: principalOf(token, endorsements) });
  if (slot.found?.key === key) return authenticated();
  const valid = hasValidSignature(credential, key);
  if (valid === false) return refused('ERR_VERIFY_TOKEN_SIGNATURE');
  return valid.then((isValid) => {
    if (!isValid) return refused('ERR_VERIFY_TOKEN_SIGNATURE');
    slot.keep({ token, key });
    return authenticated();
  });
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
