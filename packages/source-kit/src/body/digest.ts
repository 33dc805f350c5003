import { hash } from 'node:crypto';

/** SHA-256 of a body as base64url: the dedupe key where the protocol has none. */
export function digest(body: Uint8Array): string {
  return hash('sha256', body, 'base64url');
}
