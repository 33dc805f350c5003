import { type CryptoKey, importJWK } from 'jose';
import { isJsonObject, type Json, type JsonObject, listAt, textAt } from '../body/json.ts';
import type { IssuerKey } from '../key-sets.ts';
import { maxKeyIdCharacters } from '../token/key-id.ts';
import type { KeyRefusal, RefusedKey } from './options.ts';
import { isRocaModulus } from './roca.ts';

export interface AdmittedKeys {
  readonly keys: ReadonlyMap<string, IssuerKey>;
  readonly refusedKeys: readonly RefusedKey[];
}

const MAX_KEYS = 200;
const MIN_MODULUS_BITS = 2048;
const MAX_MODULUS_BITS = 8192;

/** The keys of a JWKS that can verify RS256, by key id. A key id of two different keys names neither of them. */
export async function admitKeys(jwks: readonly Json[]): Promise<AdmittedKeys> {
  const keys = new Map<string, IssuerKey>();
  const refusedKeys: RefusedKey[] = [];
  const ambiguous = new Set<string>();
  for (const jwk of jwks.slice(0, MAX_KEYS)) {
    const kid = textAt(jwk, 'kid') ?? null;
    const admitted = isJsonObject(jwk) ? await admitKey(jwk) : 'type';
    if (typeof admitted === 'string') {
      refusedKeys.push({ kid, reason: admitted });
      continue;
    }
    const other = keys.get(admitted.kid);
    if (other !== undefined && other.material !== admitted.material) ambiguous.add(admitted.kid);
    keys.set(admitted.kid, admitted);
  }
  for (const kid of ambiguous) {
    keys.delete(kid);
    refusedKeys.push({ kid, reason: 'duplicate-kid' });
  }
  return { keys, refusedKeys };
}

async function admitKey(jwk: JsonObject): Promise<IssuerKey | KeyRefusal> {
  const { kid, n, e } = jwk;
  if (jwk.kty !== 'RSA') return 'type';
  if (jwk.use !== undefined && jwk.use !== 'sig') return 'use';
  if (jwk.key_ops !== undefined && !listAt(jwk, 'key_ops').includes('verify')) return 'use';
  if (jwk.alg !== undefined && jwk.alg !== 'RS256') return 'algorithm';
  if (typeof kid !== 'string' || kid === '' || kid.length > maxKeyIdCharacters) return 'kid';
  // With a published private key, any reader of the set can sign.
  if (['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].some((member) => Object.hasOwn(jwk, member))) return 'private';
  const modulus = integerOf(n);
  const exponent = integerOf(e);
  const bits = modulus?.toString(2).length ?? 0;
  if (modulus === undefined || bits < MIN_MODULUS_BITS || bits > MAX_MODULUS_BITS || modulus % 2n === 0n) return 'modulus';
  if (exponent === undefined || exponent < 65_537n || exponent > 0xffff_ffffn || exponent % 2n === 0n) return 'exponent';
  if (isRocaModulus(modulus)) return 'weak';
  const material = { n: textOf(modulus), e: textOf(exponent) };
  const key = await importKey(material);
  return key === undefined ? 'modulus' : { kid, key, material: `${material.n}.${material.e}`, endorsements: endorsementsOf(jwk) };
}

// Base64urlUInt, canonical; leading zero bytes are accepted, because issuers differ on them.
function integerOf(text: Json | undefined): bigint | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? BigInt(`0x${bytes.toString('hex')}`) : undefined;
}

// Without leading zero bytes, so that one number has one text.
function textOf(integer: bigint): string {
  const hex = integer.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}

async function importKey({ n, e }: { readonly n: string; readonly e: string }): Promise<CryptoKey | undefined> {
  try {
    return await importJWK({ kty: 'RSA', n, e }, 'RS256');
  } catch {
    return undefined;
  }
}

function endorsementsOf(jwk: JsonObject): readonly string[] {
  return listAt(jwk, 'endorsements').filter((endorsement) => typeof endorsement === 'string');
}
