import type { VerifyCode } from '../source.ts';
import type { Claims } from './claims.ts';
import type { BearerRule } from './rule.ts';

const CLOCK_SKEW_SECONDS = 300;
const MAX_LIFETIME_SECONDS = 86_400;

/** The code of the first rule that the times of a token break; undefined for valid times. `now` is milliseconds since the epoch. */
export function checkTimes(claims: Claims, now: number): VerifyCode | undefined {
  const { exp, nbf, iat } = claims;
  if (!isTime(exp) || !(nbf === undefined || isTime(nbf)) || !(iat === undefined || isTime(iat))) return 'ERR_VERIFY_TOKEN_TIMES';
  const seconds = now / 1000;
  if (seconds >= exp + CLOCK_SKEW_SECONDS) return 'ERR_VERIFY_TOKEN_EXPIRED';
  if (Math.max(nbf ?? 0, iat ?? 0) > seconds + CLOCK_SKEW_SECONDS) return 'ERR_VERIFY_TOKEN_NOT_YET_VALID';
  // A token that does not say when it was issued counts as issued now.
  const start = iat ?? nbf ?? seconds - CLOCK_SKEW_SECONDS;
  return exp - start > MAX_LIFETIME_SECONDS ? 'ERR_VERIFY_TOKEN_LIFETIME' : undefined;
}

/** The code of the first part of the rule that the claims break; undefined where they meet all of it. */
export function checkClaims(claims: Claims, rule: BearerRule): VerifyCode | undefined {
  const { iss, aud, tid } = claims;
  if (typeof iss !== 'string' || !rule.issuers.some((issuer) => isIssuer(iss, issuer, tid))) return 'ERR_VERIFY_TOKEN_ISSUER';
  if (aud !== rule.audience) return 'ERR_VERIFY_TOKEN_AUDIENCE';
  if (rule.tenant === 'required' && !isAdmittedTenant(tid, rule.tenants)) return 'ERR_VERIFY_TOKEN_TENANT';
  for (const required of rule.claims ?? []) {
    const claim = Object.hasOwn(claims, required.name) ? claims[required.name] : undefined;
    if (typeof claim !== 'string' || !equals(claim, required.value, required.ignoreCase ?? false)) return 'ERR_VERIFY_TOKEN_CLAIM';
  }
  return undefined;
}

function isTime(claim: unknown): claim is number {
  return typeof claim === 'number' && Number.isFinite(claim) && claim >= 0;
}

const TENANT = '{tid}';

function isIssuer(iss: string, issuer: string, tid: unknown): boolean {
  if (!issuer.includes(TENANT)) return iss === issuer;
  return typeof tid === 'string' && isTenantId(tid) && iss === issuer.replace(TENANT, () => tid);
}

function isAdmittedTenant(tid: unknown, tenants: readonly string[]): boolean {
  if (typeof tid !== 'string' || !isTenantId(tid)) return false;
  return tenants.length === 0 || tenants.some((tenant) => equals(tenant, tid, true));
}

// Without slashes, a tenant cannot reshape the issuer URL it is put into.
function isTenantId(tid: string): boolean {
  return /^[A-Za-z0-9._-]{1,128}$/.test(tid);
}

function equals(a: string, b: string, ignoreCase: boolean): boolean {
  return ignoreCase ? a.toLowerCase() === b.toLowerCase() : a === b;
}
