import type { VerifyCode } from '../source.ts';
import type { Claims } from './claims.ts';
import { keyIdOf, maxKeyIdCharacters } from './key-id.ts';
import { parseStrictJson } from './strict-json.ts';

/** A well-formed token. Its signature is not verified yet. */
export interface Token {
  readonly kid: string;
  readonly claims: Claims;
}

export type ReadToken =
  | { readonly ok: true; readonly token: Token }
  /** `keyId` is the key that the header names, where it names one that can be logged. */
  | { readonly ok: false; readonly code: VerifyCode; readonly keyId?: string };

export const maxTokenCharacters = 16 * 1024;

/** Reads a compact JWS that claims to be a JWT signed with RS256. Strict: what two readers could read differently is refused. */
export function readToken(text: string): ReadToken {
  if (text.length > maxTokenCharacters) return { ok: false, code: 'ERR_VERIFY_TOKEN_SIZE' };
  const segments = text.split('.', 4);
  const [encodedHeader = '', encodedClaims = '', encodedSignature = ''] = segments;
  const headerBytes = decodeBase64url(encodedHeader);
  const claimsBytes = decodeBase64url(encodedClaims);
  if (segments.length !== 3 || headerBytes === undefined || claimsBytes === undefined || decodeBase64url(encodedSignature) === undefined) {
    return { ok: false, code: 'ERR_VERIFY_TOKEN_FORM' };
  }
  const header = parseStrictJson(headerBytes);
  if (header === undefined) return { ok: false, code: 'ERR_VERIFY_TOKEN_JSON' };
  const { kid } = header;
  if (header.alg !== 'RS256') return { ok: false, code: 'ERR_VERIFY_TOKEN_ALGORITHM', ...keyIdOf(kid) };
  if (typeof kid !== 'string' || kid === '' || kid.length > maxKeyIdCharacters || !isPlainJwt(header)) {
    return { ok: false, code: 'ERR_VERIFY_TOKEN_HEADER', ...keyIdOf(kid) };
  }
  const claims = parseStrictJson(claimsBytes);
  if (claims === undefined) return { ok: false, code: 'ERR_VERIFY_TOKEN_JSON', ...keyIdOf(kid) };
  return { ok: true, token: { kid, claims } };
}

// A header that asks for extensions is refused, because we have none of them (RFC 7515 4.1.11, RFC 7797 6).
function isPlainJwt(header: Claims): boolean {
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64') || Object.hasOwn(header, 'zip') || Object.hasOwn(header, 'enc')) {
    return false;
  }
  if (!Object.hasOwn(header, 'typ')) return true;
  return typeof header.typ === 'string' && header.typ.toUpperCase() === 'JWT';
}

// Canonical spelling only: no padding, no foreign characters, no unused bits. Otherwise one token has many spellings.
function decodeBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return text !== '' && bytes.toString('base64url') === text ? bytes : undefined;
}
