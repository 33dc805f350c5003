import { type CryptoKey, compactVerify, errors } from 'jose';

const OPTIONS = { algorithms: ['RS256'] };

/**
 * Verifies the signature of a compact token: RSASSA-PKCS1-v1_5 with SHA-256. Call it only for what `readToken` read: jose
 * is more lenient about form than we are.
 */
export async function hasValidSignature(token: string, key: CryptoKey): Promise<boolean> {
  try {
    await compactVerify(token, key, OPTIONS);
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}
