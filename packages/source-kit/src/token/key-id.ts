/** Longest key id that a token header or a key set may name. */
export const maxKeyIdCharacters = 256;

const PRINTABLE = /^[\x20-\x7e]+$/;

/** The key id as a member for an outcome that is logged; empty unless it is 1 to 256 characters of printable ASCII. */
export function keyIdOf(kid: unknown): { readonly keyId?: string } {
  return typeof kid === 'string' && kid.length <= maxKeyIdCharacters && PRINTABLE.test(kid) ? { keyId: kid } : {};
}
