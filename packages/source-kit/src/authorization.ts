import type { InboundHead, VerifyCode } from './source.ts';

/** The part of a request head that names its sender. */
export type AuthorizationHead = Pick<InboundHead, 'headers' | 'duplicateHeaders'>;

export type Credential = { readonly ok: true; readonly credential: string } | { readonly ok: false; readonly code: VerifyCode };

/**
 * The credential of the one Authorization header: exactly the scheme, one blank, and printable ASCII without blanks and
 * commas. The scheme is compared with its letter case, as the platforms' own code does. A second blank or a tab is
 * refused: no platform sends one, and a proxy in front that reads it differently would see another credential.
 */
export function credentialOf(head: AuthorizationHead, scheme: 'Bearer' | 'HMAC'): Credential {
  const presented = presentedCredential(head, scheme);
  return presented.ok && !hasCredentialSyntax(presented.credential) ? { ok: false, code: 'ERR_VERIFY_AUTHORIZATION_SYNTAX' } : presented;
}

/** `credentialOf` without its look at the characters behind the scheme and the blank: check them with `hasCredentialSyntax`. */
export function presentedCredential(head: AuthorizationHead, scheme: 'Bearer' | 'HMAC'): Credential {
  if (head.duplicateHeaders.includes('authorization')) return { ok: false, code: 'ERR_VERIFY_AUTHORIZATION_DUPLICATE' };
  const header = Object.hasOwn(head.headers, 'authorization') ? head.headers.authorization : undefined;
  if (header === undefined || header === '') return { ok: false, code: 'ERR_VERIFY_AUTHORIZATION_MISSING' };
  const blank = header.indexOf(' ');
  if ((blank < 0 ? header : header.slice(0, blank)) !== scheme) return { ok: false, code: 'ERR_VERIFY_AUTHORIZATION_SCHEME' };
  return { ok: true, credential: blank < 0 ? '' : header.slice(blank + 1) };
}

/** Whether a credential is printable ASCII without blanks and commas, and not empty. */
export function hasCredentialSyntax(credential: string): boolean {
  return /^[\x21-\x2b\x2d-\x7e]+$/.test(credential);
}
