import type { InboundRequest, VerifyCode } from './source.ts';

/** The parts of a request that prove who sent it. */
export type AuthorizedRequest = Pick<InboundRequest, 'headers' | 'duplicateHeaders'>;

export type Credential = { readonly ok: true; readonly credential: string } | { readonly ok: false; readonly code: VerifyCode };

/**
 * The credential of the one Authorization header: exactly the scheme, one blank, and text without blanks. Letter case
 * of the scheme counts, as the platforms' own code compares it.
 */
export function credentialOf(request: AuthorizedRequest, scheme: 'Bearer' | 'HMAC'): Credential {
  if (request.duplicateHeaders.includes('authorization')) return { ok: false, code: 'ERR_VERIFY_AUTHORIZATION_DUPLICATE' };
  const header = Object.hasOwn(request.headers, 'authorization') ? request.headers.authorization : undefined;
  if (header === undefined || header === '') return { ok: false, code: 'ERR_VERIFY_AUTHORIZATION_MISSING' };
  const blank = header.indexOf(' ');
  if ((blank < 0 ? header : header.slice(0, blank)) !== scheme) return { ok: false, code: 'ERR_VERIFY_AUTHORIZATION_SCHEME' };
  const credential = blank < 0 ? '' : header.slice(blank + 1);
  if (!/^[\x21-\x2b\x2d-\x7e]+$/.test(credential)) return { ok: false, code: 'ERR_VERIFY_AUTHORIZATION_SYNTAX' };
  return { ok: true, credential };
}
