import type { VerifyCode } from '../source.ts';
import type { Claims } from './claims.ts';
import { parseStrictJson } from './strict-json.ts';

/** A token whose form is sound. Nothing in it is proven yet. */
export interface Token {
  readonly kid: string;
  readonly claims: Claims;
  /** The bytes that the signature covers. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

export type ReadToken = { readonly ok: true; readonly token: Token } | { readonly ok: false; readonly code: VerifyCode };

export const maxTokenCharacters = 16 * 1024;
const MAX_KID_CHARACTERS = 256;

/** Reads a compact JWS that claims to be a JWT signed with RS256, and refuses everything a lenient reader might see in it. */
export function readToken(text: string): ReadToken {
  if (text.length > maxTokenCharacters) return refused('ERR_VERIFY_TOKEN_SIZE');
  const segments = text.split('.', 4);
  const [encodedHeader = '', encodedClaims = '', encodedSignature = ''] = segments;
  const headerBytes = decodeBase64url(encodedHeader);
  const claimsBytes = decodeBase64url(encodedClaims);
  const signature = decodeBase64url(encodedSignature);
  if (segments.length !== 3 || headerBytes === undefined || claimsBytes === undefined || signature === undefined) {
    return refused('ERR_VERIFY_TOKEN_FORM');
  }
  const header = parseStrictJson(headerBytes);
  if (header === undefined) return refused('ERR_VERIFY_TOKEN_JSON');
  if (header.alg !== 'RS256') return refused('ERR_VERIFY_TOKEN_ALGORITHM');
  const { kid } = header;
  if (typeof kid !== 'string' || kid === '' || kid.length > MAX_KID_CHARACTERS || !isPlainJwt(header)) {
    return refused('ERR_VERIFY_TOKEN_HEADER');
  }
  const claims = parseStrictJson(claimsBytes);
  if (claims === undefined) return refused('ERR_VERIFY_TOKEN_JSON');
  const signed = Buffer.from(`${encodedHeader}.${encodedClaims}`, 'latin1');
  return { ok: true, token: { kid, claims, signed, signature } };
}

// A header that asks for extensions must not be understood without them (RFC 7515 4.1.11, RFC 7797 6).
function isPlainJwt(header: Claims): boolean {
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64') || Object.hasOwn(header, 'zip') || Object.hasOwn(header, 'enc')) {
    return false;
  }
  if (!Object.hasOwn(header, 'typ')) return true;
  return typeof header.typ === 'string' && header.typ.toUpperCase() === 'JWT';
}

// Only the canonical spelling: no padding, no foreign characters, no unused bits; else one token has many spellings.
function decodeBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return text !== '' && bytes.toString('base64url') === text ? bytes : undefined;
}

function refused(code: VerifyCode): ReadToken {
  return { ok: false, code };
}
