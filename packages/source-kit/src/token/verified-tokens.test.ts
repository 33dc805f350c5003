import { describe, expect, it, vi } from 'vitest';
import type { IssuerKey, KeySets } from '../key-sets.ts';
import { createTestIssuer } from '../testing/test-issuer.ts';
import { authenticateBearer } from './authenticate-bearer.ts';
import * as signature from './signature.ts';
import { now, valid } from './testing/token-rig.ts';

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
  const rule = { metadataUrl: issuer.metadataUrl, issuers: [valid.iss], audience: 'app-1', tenant: 'any', tenants: [] } as const;
  const checks = () => vi.mocked(signature.hasValidSignature).mock.calls.length;
  vi.mocked(signature.hasValidSignature).mockClear();
  return {
    issuer,
    held,
    checks,
    token: issuer.token(valid),
    authenticate: (token: string, at = now, changes = {}) =>
      authenticateBearer(
        { headers: { authorization: `Bearer ${token}` }, duplicateHeaders: [] },
        { ...rule, ...changes },
        { keySets, now: at },
      ),
  };
}

describe('a token seen before', () => {
  it('has its signature verified once in three requests', async () => {
    const rig = await createRig();
    const outcomes = [await rig.authenticate(rig.token), await rig.authenticate(rig.token), await rig.authenticate(rig.token)];
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(rig.checks()).toBe(1);
  });

  it('is refused once it expires', async () => {
    const rig = await createRig();
    await rig.authenticate(rig.token);
    expect(await rig.authenticate(rig.token, (valid.exp + 300) * 1000)).toMatchObject({
      kind: 'refused',
      code: 'ERR_VERIFY_TOKEN_EXPIRED',
    });
  });

  it('is refused by the rule of another app', async () => {
    const rig = await createRig();
    await rig.authenticate(rig.token);
    expect(await rig.authenticate(rig.token, now, { audience: 'app-2' })).toMatchObject({
      kind: 'refused',
      code: 'ERR_VERIFY_TOKEN_AUDIENCE',
    });
  });

  it('is refused once its key leaves the set', async () => {
    const rig = await createRig();
    await rig.authenticate(rig.token);
    rig.held.clear();
    expect(await rig.authenticate(rig.token)).toMatchObject({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_KEY_UNKNOWN' });
  });

  it('is verified again, over what was signed, when its key id names another key', async () => {
    const rig = await createRig();
    await rig.authenticate(rig.token);
    const other = await createRig();
    const otherKey = (other.held.get(other.issuer.kid) as IssuerKey).key;
    rig.held.set(rig.issuer.kid, other.held.get(other.issuer.kid) as IssuerKey);
    vi.mocked(signature.hasValidSignature).mockClear();
    expect(await rig.authenticate(rig.token)).toMatchObject({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_SIGNATURE' });
    const [[checked, key] = []] = vi.mocked(signature.hasValidSignature).mock.calls;
    expect(key).toBe(otherKey);
    expect(checked).toBe(rig.token);
  });

  it('does not spare one with another signature its verification', async () => {
    const rig = await createRig();
    await rig.authenticate(rig.token);
    const forged = rig.issuer.token(valid, { sign: () => Buffer.alloc(256, 1) });
    expect(await rig.authenticate(forged)).toMatchObject({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_SIGNATURE' });
    expect(await rig.authenticate(forged)).toMatchObject({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_SIGNATURE' });
    expect(rig.checks()).toBe(3);
  });
});

describe('the cache of verified tokens', () => {
  it('holds 4,096 and removes the least recently used', async () => {
    const rig = await createRig();
    vi.mocked(signature.hasValidSignature).mockResolvedValue(true);
    const unsigned = (n: number) => rig.issuer.token({ ...valid, n }, { sign: () => Buffer.alloc(256, n) });
    for (let n = 0; n < 4096; n++) await rig.authenticate(unsigned(n));
    await rig.authenticate(unsigned(0));
    expect(rig.checks()).toBe(4096);
    await rig.authenticate(unsigned(4096));
    await rig.authenticate(unsigned(0));
    expect(rig.checks()).toBe(4097);
    await rig.authenticate(unsigned(1));
    expect(rig.checks()).toBe(4098);
    vi.mocked(signature.hasValidSignature).mockReset();
  });

  it('tells apart tokens that end alike, and the same token of two issuers', async () => {
    const rig = await createRig();
    vi.mocked(signature.hasValidSignature).mockResolvedValue(true);
    const alike = (n: number) => rig.issuer.token({ ...valid, sub: String(n) }, { sign: () => Buffer.alloc(256, 7) });
    const subjects: unknown[] = [];
    for (const n of [1, 2, 1, 2]) {
      const outcome = await rig.authenticate(alike(n));
      subjects.push(outcome.kind === 'authenticated' ? outcome.principal.subject : outcome.code);
    }
    expect([subjects, rig.checks()]).toEqual([['1', '2', '1', '2'], 2]);
    const other = { metadataUrl: 'https://other.example/metadata' };
    for (const changes of [{}, other, {}, other]) await rig.authenticate(alike(1), now, changes);
    expect(rig.checks()).toBe(3);
    vi.mocked(signature.hasValidSignature).mockReset();
  });

  it('keeps issuers apart', async () => {
    const rig = await createRig();
    await rig.authenticate(rig.token);
    expect((await rig.authenticate(rig.token, now, { metadataUrl: 'https://other.example/metadata' })).kind).toBe('authenticated');
    expect(rig.checks()).toBe(2);
  });
});
