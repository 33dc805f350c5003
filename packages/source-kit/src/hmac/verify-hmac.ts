import { createHmac, timingSafeEqual } from 'node:crypto';
import { type AuthorizationHead, credentialOf } from '../authorization.ts';
import type { AuthenticateOutcome, InboundRequest, VerifyCode } from '../source.ts';
import { decodeBase64 } from './base64.ts';

export type HmacOutcome =
  /** `keyIndex` says which of the keys it was, for metrics of a rotation. */
  { readonly kind: 'verified'; readonly keyIndex: number } | { readonly kind: 'refused'; readonly code: VerifyCode };

const MAC_BYTES = 32;

/** Checks what the head shows of `Authorization: HMAC <base64 of 32 bytes>`; whether the MAC is valid needs the body. */
export function authenticateHmac(head: AuthorizationHead): Extract<AuthenticateOutcome, { kind: 'needs-body' | 'refused' }> {
  const read = readMac(head);
  return read.ok ? { kind: 'needs-body' } : { kind: 'refused', code: read.code };
}

/**
 * Verifies `Authorization: HMAC <base64(HMAC-SHA256(key, body))>` over the body as received. Several keys may be valid
 * while one replaces the other. All keys are tried, each in constant time, so that timing does not show which one fits.
 */
export function verifyHmac(request: AuthorizationHead & Pick<InboundRequest, 'body'>, keys: readonly Buffer[]): HmacOutcome {
  const read = readMac(request);
  if (!read.ok) return { kind: 'refused', code: read.code };
  if (request.body.length === 0) return { kind: 'refused', code: 'ERR_VERIFY_HMAC_BODY_EMPTY' };
  let keyIndex = -1;
  for (const [index, key] of keys.entries()) {
    const fits = timingSafeEqual(createHmac('sha256', key).update(request.body).digest(), read.mac);
    if (fits && keyIndex < 0) keyIndex = index;
  }
  return keyIndex < 0 ? { kind: 'refused', code: 'ERR_VERIFY_HMAC_MISMATCH' } : { kind: 'verified', keyIndex };
}

/** The whole header value for a body: `HMAC <base64>`. */
export function signHmac(body: Uint8Array, key: Buffer): string {
  return `HMAC ${createHmac('sha256', key).update(body).digest('base64')}`;
}

function readMac(head: AuthorizationHead): { readonly ok: true; readonly mac: Buffer } | { readonly ok: false; readonly code: VerifyCode } {
  const authorization = credentialOf(head, 'HMAC');
  if (!authorization.ok) return authorization;
  const mac = decodeBase64(authorization.credential);
  return mac?.length === MAC_BYTES ? { ok: true, mac } : { ok: false, code: 'ERR_VERIFY_HMAC_FORM' };
}
