import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';

/** A key pair of a local issuer. */
export interface IssuerKeyPair {
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** With all private members, to store. */
  readonly privateJwk: JsonWebKey;
  /** What the key set shows, without endorsements. */
  readonly publicJwk: JsonWebKey;
}

/** Makes a fresh RSA key pair of 2048 bits. */
export async function makeKeyPair(): Promise<IssuerKeyPair> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return readKeyPair((await exportJWK(privateKey)) as JsonWebKey);
}

/** Reads a stored private JWK; its key id is kept, else it is the key's thumbprint. */
export async function readKeyPair(stored: JsonWebKey): Promise<IssuerKeyPair> {
  const { kty, n, e } = stored;
  if (kty !== 'RSA' || n === undefined || e === undefined || stored.d === undefined)
    throw new TypeError('issuer key: must be a private RSA JWK');
  const kid = typeof stored.kid === 'string' ? stored.kid : await calculateJwkThumbprint({ kty, n, e });
  return {
    kid,
    privateKey: createPrivateKey({ key: stored, format: 'jwk' }),
    privateJwk: { ...stored, kid },
    publicJwk: { kty, n, e, kid, use: 'sig', alg: 'RS256' },
  };
}
