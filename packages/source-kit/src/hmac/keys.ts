import { decodeBase64 } from './base64.ts';

const KEY_BYTES = 32;

/** Reads the secret of an outgoing webhook: canonical base64 of exactly 32 bytes. Checked when configuration is loaded. */
export function parseHmacKey(text: string): { readonly ok: true; readonly key: Buffer } | { readonly ok: false; readonly problem: string } {
  const key = decodeBase64(text);
  return key?.length === KEY_BYTES ? { ok: true, key } : { ok: false, problem: 'must be the base64 of 32 bytes (44 characters)' };
}
