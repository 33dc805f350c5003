import { decodeBase64 } from './base64.ts';

const KEY_BYTES = 32;

/**
 * Reads the secret of an outgoing webhook: canonical base64 of exactly 32 bytes, not all of them zero, as an unset secret
 * would be. Checked when configuration is loaded; the problem never holds the secret.
 */
export function parseHmacKey(text: string): { readonly ok: true; readonly key: Buffer } | { readonly ok: false; readonly problem: string } {
  const key = decodeBase64(text);
  if (key?.length !== KEY_BYTES) return { ok: false, problem: `must be base64 of 32 bytes, 44 characters (got ${text.length})` };
  return key.every((byte) => byte === 0) ? { ok: false, problem: 'must not be all zeros' } : { ok: true, key };
}
