import type { Principal, TokenPrincipal, VerifyOutcome } from '../source.ts';

/**
 * The `verify` of a source whose token alone authenticates the sender: the principal as it is stored, without claims and
 * endorsements. Refused without a principal: then no sender was authenticated.
 */
export function verifiedByToken(principal: TokenPrincipal | null): VerifyOutcome {
  if (principal === null) return { kind: 'refused', code: 'ERR_VERIFY_AUTHORIZATION_MISSING' };
  return { kind: 'verified', principal: storedPrincipal(principal) };
}

function storedPrincipal({ scheme, issuer, subject, tenantId, keyId }: Principal): Principal {
  return { scheme, issuer, subject, tenantId, keyId };
}
