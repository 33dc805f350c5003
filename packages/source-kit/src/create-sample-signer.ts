import { createPrivateKey, type JsonWebKey, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { parseHmacKey } from './hmac/keys.ts';
import { signHmac } from './hmac/verify-hmac.ts';
import type { SampleSigner } from './sample-signer.ts';

export interface SampleSignerOptions {
  readonly app: string;
  readonly audience: string;
  readonly tenantId: string;
  /** Private RSA key of the issuer, as JWK or PEM, and the key id that its key set gives it. */
  readonly issuerKey: { readonly kid: string; readonly key: JsonWebKey | string };
  /** Key of the outgoing webhook as Teams shows it, and the id it is looked up by. */
  readonly hmacKey: string;
  readonly hmacId: string;
  /** Milliseconds since the epoch; the time of everything in the samples. Default: now. */
  readonly now?: number;
  /** Default: random UUIDs. */
  readonly id?: () => string;
}

// What the live tokens of the platforms last.
const LIFETIME_SECONDS = 3900;

/** A signer of sample requests. Throws where a key cannot be read; the message never holds it. */
export function createSampleSigner(options: SampleSignerOptions): SampleSigner {
  const { app, audience, tenantId, hmacId } = options;
  const { kid } = options.issuerKey;
  const now = options.now ?? Date.now();
  const privateKey = readPrivateKey(options.issuerKey.key);
  const hmacKey = parseHmacKey(options.hmacKey);
  if (!hmacKey.ok) throw new TypeError(`hmacKey ${hmacKey.problem}`);
  return {
    app,
    audience,
    tenantId,
    hmacId,
    now,
    id: options.id ?? randomUUID,
    token: (claims) => new SignJWT(withTimes(claims, now)).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid }).sign(privateKey),
    hmac: (body) => signHmac(body, hmacKey.key),
  };
}

/** Claims with the times of a fresh token where they give none. */
export function withTimes(claims: Readonly<Record<string, unknown>>, now: number): Record<string, unknown> {
  const iat = Math.floor(now / 1000);
  return { iat, nbf: iat, exp: iat + LIFETIME_SECONDS, ...claims };
}

function readPrivateKey(key: JsonWebKey | string) {
  try {
    return typeof key === 'string' ? createPrivateKey(key) : createPrivateKey({ key, format: 'jwk' });
  } catch (cause) {
    throw new TypeError('issuerKey must be a private RSA key as JWK or PEM', { cause });
  }
}
