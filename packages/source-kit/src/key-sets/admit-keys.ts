import { createPublicKey, type KeyObject } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject, listAt, textAt } from '../body/json.ts';
import type { IssuerKey } from '../key-sets.ts';
import type { KeyRefusal, RefusedKey } from './options.ts';
import { isRocaModulus } from './roca.ts';

export interface AdmittedKeys {
  readonly keys: ReadonlyMap<string, IssuerKey>;
  readonly refusedKeys: readonly RefusedKey[];
}

const MAX_KEYS = 200;
const MAX_KID_CHARACTERS = 256;
const MIN_MODULUS_BITS = 2048;
const MAX_MODULUS_BITS = 8192;

/** The keys of a JWKS that may verify RS256. A key id that names two different keys names none. */
export function admitKeys(jwks: readonly Json[]): AdmittedKeys {
  const keys = new Map<string, IssuerKey>();
  const refusedKeys: RefusedKey[] = [];
  const ambiguous = new Set<string>();
  for (const jwk of jwks.slice(0, MAX_KEYS)) {
    const kid = textAt(jwk, 'kid') ?? null;
    const admitted = isJsonObject(jwk) ? admitKey(jwk) : 'type';
    if (typeof admitted === 'string') {
      refusedKeys.push({ kid, reason: admitted });
      continue;
    }
    const other = keys.get(admitted.kid);
    if (other !== undefined && !other.key.equals(admitted.key)) ambiguous.add(admitted.kid);
    keys.set(admitted.kid, admitted);
  }
  for (const kid of ambiguous) {
    keys.delete(kid);
    refusedKeys.push({ kid, reason: 'duplicate-kid' });
  }
  return { keys, refusedKeys };
}

function admitKey(jwk: JsonObject): IssuerKey | KeyRefusal {
  const { kid, n, e } = jwk;
  if (jwk.kty !== 'RSA') return 'type';
  if (jwk.use !== undefined && jwk.use !== 'sig') return 'use';
  if (jwk.key_ops !== undefined && !listAt(jwk, 'key_ops').includes('verify')) return 'use';
  if (jwk.alg !== undefined && jwk.alg !== 'RS256') return 'algorithm';
  if (typeof kid !== 'string' || kid === '' || kid.length > MAX_KID_CHARACTERS) return 'kid';
  // A published private key signs for anybody.
  if (['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].some((member) => Object.hasOwn(jwk, member))) return 'private';
  const modulus = integerOf(n);
  const exponent = integerOf(e);
  const bits = modulus?.toString(2).length ?? 0;
  if (modulus === undefined || bits < MIN_MODULUS_BITS || bits > MAX_MODULUS_BITS || modulus % 2n === 0n) return 'modulus';
  if (exponent === undefined || exponent < 65_537n || exponent > 0xffff_ffffn || exponent % 2n === 0n) return 'exponent';
  if (isRocaModulus(modulus)) return 'weak';
  const key = importKey(n as string, e as string);
  return key === undefined ? 'modulus' : { kid, key, endorsements: endorsementsOf(jwk) };
}

// Base64urlUInt: canonical, and no leading zero byte is asked for, as issuers differ on it.
function integerOf(text: Json | undefined): bigint | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? BigInt(`0x${bytes.toString('hex')}`) : undefined;
}

function importKey(n: string, e: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function endorsementsOf(jwk: JsonObject): readonly string[] {
  return listAt(jwk, 'endorsements').filter((endorsement) => typeof endorsement === 'string');
}
