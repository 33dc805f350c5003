import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authenticateBearer } from './authenticate-bearer.ts';
import { keyIdOf } from './key-id.ts';
import { createTokenRig, now, seconds, type TokenRig } from './testing/token-rig.ts';

let rig: TokenRig;

beforeAll(async () => {
  rig = await createTokenRig();
});

afterAll(() => rig.keySets.stop());

describe('the key id of a refused token', () => {
  it.each<[string, () => string]>([
    ['alg none', () => rig.token({}, { header: { alg: 'none' } })],
    ['critical headers', () => rig.token({}, { header: { crit: ['x'] } })],
    ['claims that are not an object', () => rig.token({}, { claimsText: '[]' })],
    ['an expiry 300 s ago', () => rig.token({ iat: seconds - 900, nbf: seconds - 900, exp: seconds - 300 })],
    ['another audience', () => rig.token({ aud: 'app-2' })],
    ['a wrong signature', () => rig.token({}, { sign: () => Buffer.alloc(256, 1) })],
  ])('is in the outcome of a token with %s', async (_, token) => {
    expect(await rig.authenticate({ authorization: `Bearer ${token()}` })).toMatchObject({ kind: 'refused', keyId: rig.issuer.kid });
  });

  it('is in the outcome of a token whose key is unknown', async () => {
    const authorization = `Bearer ${rig.token({}, { header: { kid: 'absent key' } })}`;
    expect(await rig.authenticate({ authorization })).toEqual({
      kind: 'refused',
      code: 'ERR_VERIFY_TOKEN_KEY_UNKNOWN',
      keyId: 'absent key',
    });
  });

  it.each([
    ['cooldown', 'ERR_VERIFY_KEY_COOLDOWN'],
    ['unavailable', 'ERR_VERIFY_KEYS_UNAVAILABLE'],
  ] as const)('is in the outcome while the lookup of its key says %s: %s', async (kind, code) => {
    const keySets = { ...rig.keySets, find: async () => ({ kind }) };
    const head = { headers: { authorization: `Bearer ${rig.token()}` }, duplicateHeaders: [] };
    expect(await authenticateBearer(head, rig.rule, { keySets, now })).toEqual({ kind: 'unavailable', code, keyId: rig.issuer.kid });
  });

  it.each<[string, unknown]>([
    ['257 characters', 'k'.repeat(257)],
    ['a line feed', 'key\n1'],
    ['an escape sequence', 'key\u001b[2J'],
    ['a character outside ASCII', 'kéy'],
    ['no characters', ''],
    ['a number', 1],
  ])('is left out when it is %s', async (_, kid) => {
    expect(keyIdOf(kid)).toEqual({});
    expect(await rig.authenticate({ authorization: `Bearer ${rig.token({ aud: 'app-2' }, { header: { kid } })}` })).not.toHaveProperty(
      'keyId',
    );
  });

  it('is left out of a token that cannot be read', async () => {
    expect(await rig.authenticate({ authorization: 'Bearer x.y.z' })).toEqual({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_FORM' });
  });

  it('may have 256 characters', () => {
    expect(keyIdOf('k'.repeat(256))).toEqual({ keyId: 'k'.repeat(256) });
  });
});
