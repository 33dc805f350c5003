import { createHmac, timingSafeEqual } from 'node:crypto';
import { credentialOf } from '../authorization.ts';
import type { InboundRequest, VerifyCode } from '../source.ts';
import { decodeBase64 } from './base64.ts';

export type HmacOutcome =
  /** `keyIndex` says which of the keys it was, for metrics of a rotation. */
  { readonly kind: 'verified'; readonly keyIndex: number } | { readonly kind: 'refused'; readonly code: VerifyCode };

const MAC_BYTES = 32;

/**
 * Proves `Authorization: HMAC <base64(HMAC-SHA256(key, body))>` over the body as received. Several keys may be valid
 * while one replaces the other. All keys are tried in constant time, whichever fits.
 */
export function verifyHmac(request: Pick<InboundRequest, 'headers' | 'duplicateHeaders' | 'body'>, keys: readonly Buffer[]): HmacOutcome {
  const authorization = credentialOf(request, 'HMAC');
  if (!authorization.ok) return { kind: 'refused', code: authorization.code };
  const mac = decodeBase64(authorization.credential);
  if (mac?.length !== MAC_BYTES) return { kind: 'refused', code: 'ERR_VERIFY_HMAC_FORM' };
  if (request.body.length === 0) return { kind: 'refused', code: 'ERR_VERIFY_HMAC_BODY_EMPTY' };
  let keyIndex = -1;
  for (const [index, key] of keys.entries()) {
    const fits = timingSafeEqual(createHmac('sha256', key).update(request.body).digest(), mac);
    if (fits && keyIndex < 0) keyIndex = index;
  }
  return keyIndex < 0 ? { kind: 'refused', code: 'ERR_VERIFY_HMAC_MISMATCH' } : { kind: 'verified', keyIndex };
}

/** The whole header value for a body: `HMAC <base64>`. */
export function signHmac(body: Uint8Array, key: Buffer): string {
  return `HMAC ${createHmac('sha256', key).update(body).digest('base64')}`;
}
