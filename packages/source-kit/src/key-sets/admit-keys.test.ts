import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../body/json.ts';
import { admitKeys } from './admit-keys.ts';

function rsaJwk(modulusLength: number, publicExponent = 65_537): JsonObject {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength, publicExponent });
  return { ...(publicKey.export({ format: 'jwk' }) as JsonObject), kid: 'k1' };
}

async function refusalOf(jwk: JsonObject): Promise<string | undefined> {
  return (await admitKeys([jwk])).refusedKeys[0]?.reason;
}

let valid: JsonObject;

beforeAll(() => {
  valid = rsaJwk(2048);
});

const modulus = () => Buffer.from(valid.n as string, 'base64url');

/** A modulus with the mark: the product of two numbers that are powers of 65537 modulo the primes up to 167. */
function rocaModulus(bits: number): string {
  const primorial = [
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137,
    139, 149, 151, 157, 163, 167,
  ]
    .map(BigInt)
    .reduce((product, prime) => product * prime, 1n);
  const factor = (power: bigint) => ((1n << BigInt(bits / 2)) / primorial) * primorial + power;
  const powerOf = (exponent: number) => Array.from({ length: exponent }).reduce<bigint>((power) => (power * 65_537n) % primorial, 1n);
  const hex = (factor(powerOf(17)) * factor(powerOf(23))).toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}

describe('a key of a set', () => {
  it('is admitted when it is RSA of 2048 bits or more with exponent 65537', async () => {
    for (const jwk of [
      valid,
      rsaJwk(3072),
      { ...valid, use: 'sig', alg: 'RS256', key_ops: ['verify'], x5c: ['MIIB'], endorsements: null },
    ]) {
      expect([...(await admitKeys([jwk])).keys.keys()]).toEqual(['k1']);
    }
  });

  it('has the endorsements that are texts', async () => {
    const { keys } = await admitKeys([{ ...valid, endorsements: ['msteams', 1, null, 'skype'] }]);
    expect(keys.get('k1')?.endorsements).toEqual(['msteams', 'skype']);
  });

  const refusals: readonly (readonly [string, string, () => JsonObject])[] = [
    ['is symmetric', 'type', () => ({ kty: 'oct', k: 'AAAA', kid: 'k1' })],
    [
      'is on a curve',
      'type',
      () => ({ ...(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }) as JsonObject), kid: 'k1' }),
    ],
    ['says its type in lower case', 'type', () => ({ ...valid, kty: 'rsa' })],
    ['is for encryption', 'use', () => ({ ...valid, use: 'enc' })],
    ['is for other operations', 'use', () => ({ ...valid, key_ops: ['encrypt'] })],
    ['has operations of another type', 'use', () => ({ ...valid, key_ops: 'verify' })],
    ['is for another algorithm', 'algorithm', () => ({ ...valid, alg: 'PS256' })],
    ['has no id', 'kid', () => ({ ...valid, kid: null })],
    ['has an empty id', 'kid', () => ({ ...valid, kid: '' })],
    ['has an id of 257 characters', 'kid', () => ({ ...valid, kid: 'k'.repeat(257) })],
    ['shows its private part', 'private', () => ({ ...valid, d: 'AQAB' })],
    ['has 1024 bits', 'modulus', () => rsaJwk(1024)],
    [
      'has 2047 bits',
      'modulus',
      () => ({ ...valid, n: Buffer.concat([Buffer.from([0x7f]), modulus().subarray(1)]).toString('base64url') }),
    ],
    [
      'has leading zeros for bits',
      'modulus',
      () => ({ ...valid, n: Buffer.concat([Buffer.alloc(128), modulus().subarray(128)]).toString('base64url') }),
    ],
    ['has more than 8192 bits', 'modulus', () => ({ ...valid, n: Buffer.alloc(1025, 0xff).toString('base64url') })],
    [
      'has an even modulus',
      'modulus',
      () => ({ ...valid, n: Buffer.concat([modulus().subarray(0, -1), Buffer.from([2])]).toString('base64url') }),
    ],
    ['has no modulus', 'modulus', () => ({ ...valid, n: null })],
    ['has a padded modulus', 'modulus', () => ({ ...valid, n: `${valid.n as string}==` })],
    ['has exponent 1', 'exponent', () => ({ ...valid, e: 'AQ' })],
    ['has exponent 3', 'exponent', () => ({ ...valid, e: 'Aw' })],
    ['has an even exponent', 'exponent', () => ({ ...valid, e: Buffer.from([1, 0, 0]).toString('base64url') })],
    ['has an exponent of 33 bits', 'exponent', () => ({ ...valid, e: Buffer.from([1, 0, 0, 0, 1]).toString('base64url') })],
    ['has no exponent', 'exponent', () => ({ ...valid, e: '' })],
    ['can be factored (CVE-2017-15361)', 'weak', () => ({ ...valid, n: rocaModulus(2050) })],
  ];
  it.each(refusals)('is refused when it %s: %s', async (_, reason, jwk) => {
    expect(await refusalOf(jwk())).toBe(reason);
  });
});

describe('a key id that is in the set twice', () => {
  it('names the key when both are the same', async () => {
    expect((await admitKeys([valid, { ...valid }])).keys.size).toBe(1);
  });

  it('names the key when one has a leading zero byte', async () => {
    const padded = { ...valid, n: Buffer.concat([Buffer.alloc(1), modulus()]).toString('base64url') };
    const { keys } = await admitKeys([valid, padded]);
    expect(keys.size).toBe(1);
    expect(keys.get('k1')?.material).toBe(`${valid.n as string}.AQAB`);
  });

  it('names no key when they differ', async () => {
    const admitted = await admitKeys([valid, rsaJwk(2048), valid]);
    expect(admitted.keys.size).toBe(0);
    expect(admitted.refusedKeys).toEqual([{ kid: 'k1', reason: 'duplicate-kid' }]);
  });

  it('names the key for signatures when the other is for encryption', async () => {
    const { keys } = await admitKeys([
      { ...rsaJwk(2048), use: 'enc' },
      { ...valid, use: 'sig' },
    ]);
    expect(keys.size).toBe(1);
  });
});
