import { tokenHash } from './credentials.ts';

/** Text of ADMIN_TOKENS_FILE: one operator. */
export function adminTokensFile(token: string): string {
  return JSON.stringify({ tokens: [{ name: 'local operator', role: 'operator', sha256: tokenHash(token) }] }, null, 1);
}
