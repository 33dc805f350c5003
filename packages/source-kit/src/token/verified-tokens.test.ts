import { describe, expect, it, vi } from 'vitest';
import type { IssuerKey, KeySets } from '../key-sets.ts';
import { createTestIssuer } from '../testing/test-issuer.ts';
import * as signature from './signature.ts';
import { now, sound } from './testing/token-rig.ts';
import { verifyBearer } from './verify-bearer.ts';

vi.mock('./signature.ts', { spy: true });

async function createRig() {
  const issuer = await createTestIssuer();
  const fetching = issuer.keySets({ now: () => now });
  const lookup = await fetching.find(issuer.metadataUrl, issuer.kid);
  await fetching.stop();
  if (lookup.kind !== 'found') throw new Error('the issuer has no key');
  const held = new Map<string, IssuerKey>([[issuer.kid, lookup.key]]);
  const keySets = {
    find: async (_: string, kid: string) => {
      const key = held.get(kid);
      return key === undefined ? { kind: 'unknown' } : { kind: 'found', key };
    },
  } as KeySets;
  const rule = { metadataUrl: issuer.metadataUrl, issuers: [sound.iss], audience: 'app-1', tenant: 'any', tenants: [] } as const;
  const checks = () => vi.mocked(signature.hasValidSignature).mock.calls.length;
  vi.mocked(signature.hasValidSignature).mockClear();
  return {
    issuer,
    held,
    checks,
    token: issuer.token(sound),
    verify: (token: string, at = now, changes = {}) =>
      verifyBearer({ headers: { authorization: `Bearer ${token}` }, duplicateHeaders: [] }, { ...rule, ...changes }, { keySets, now: at }),
  };
}

describe('a token seen before', () => {
  it('has its signature checked once, whatever it arrives with again', async () => {
    const rig = await createRig();
    const outcomes = [await rig.verify(rig.token), await rig.verify(rig.token), await rig.verify(rig.token)];
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(rig.checks()).toBe(1);
  });

  it('is refused once it expires', async () => {
    const rig = await createRig();
    await rig.verify(rig.token);
    expect(await rig.verify(rig.token, (sound.exp + 300) * 1000)).toEqual({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_EXPIRED' });
  });

  it('is refused by the rule of another app', async () => {
    const rig = await createRig();
    await rig.verify(rig.token);
    expect(await rig.verify(rig.token, now, { audience: 'app-2' })).toEqual({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_AUDIENCE' });
  });

  it('is refused once its key leaves the set', async () => {
    const rig = await createRig();
    await rig.verify(rig.token);
    rig.held.clear();
    expect(await rig.verify(rig.token)).toEqual({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_KEY_UNKNOWN' });
  });

  it('is checked anew, over what was signed, when its key id comes to name another key', async () => {
    const rig = await createRig();
    await rig.verify(rig.token);
    const other = await createRig();
    const otherKey = (other.held.get(other.issuer.kid) as IssuerKey).key;
    rig.held.set(rig.issuer.kid, other.held.get(other.issuer.kid) as IssuerKey);
    vi.mocked(signature.hasValidSignature).mockClear();
    expect(await rig.verify(rig.token)).toEqual({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_SIGNATURE' });
    const [[checked, key] = []] = vi.mocked(signature.hasValidSignature).mock.calls;
    expect(key).toBe(otherKey);
    expect(checked?.signed.toString()).toBe(rig.token.slice(0, rig.token.lastIndexOf('.')));
  });

  it('vouches for nothing but itself: one with another signature is checked', async () => {
    const rig = await createRig();
    await rig.verify(rig.token);
    const forged = rig.issuer.token(sound, { sign: () => Buffer.alloc(256, 1) });
    expect(await rig.verify(forged)).toEqual({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_SIGNATURE' });
    expect(await rig.verify(forged)).toEqual({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_SIGNATURE' });
    expect(rig.checks()).toBe(3);
  });
});

describe('the memory of verified tokens', () => {
  it('holds 4,096 and forgets the one not used for longest', async () => {
    const rig = await createRig();
    vi.mocked(signature.hasValidSignature).mockReturnValue(true);
    const unsigned = (n: number) => rig.issuer.token({ ...sound, n }, { sign: () => Buffer.alloc(256, n) });
    for (let n = 0; n < 4096; n++) await rig.verify(unsigned(n));
    await rig.verify(unsigned(0));
    expect(rig.checks()).toBe(4096);
    await rig.verify(unsigned(4096));
    await rig.verify(unsigned(0));
    expect(rig.checks()).toBe(4097);
    await rig.verify(unsigned(1));
    expect(rig.checks()).toBe(4098);
    vi.mocked(signature.hasValidSignature).mockReset();
  });

  it('keeps issuers apart', async () => {
    const rig = await createRig();
    await rig.verify(rig.token);
    expect((await rig.verify(rig.token, now, { metadataUrl: 'https://other.example/metadata' })).kind).toBe('verified');
    expect(rig.checks()).toBe(2);
  });
});
