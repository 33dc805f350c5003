import { describe, expect, it, vi } from 'vitest';
import { useKeySetRigs } from './testing/key-set-rig.ts';

const HOUR_MS = 3_600_000;
const { createRig, issuer } = useKeySetRigs();

describe('a key set', () => {
  it('is fetched once for 50 lookups at the same time, and not again for a known key', async () => {
    const { find, state, keySets } = createRig();
    const lookups = await Promise.all(Array.from({ length: 50 }, () => find()));
    for (let asked = 0; asked < 50; asked++) lookups.push(await find());
    expect(new Set(lookups.map((lookup) => lookup.kind))).toEqual(new Set(['found']));
    expect(state.fetches).toBe(2);
    await keySets.stop();
  });

  it('gives the key with its endorsements', async () => {
    const { find, keySets } = createRig();
    expect(await find()).toMatchObject({ kind: 'found', key: { kid: issuer().kid, endorsements: ['msteams', 'webchat'] } });
    await keySets.stop();
  });

  it('is fetched in the background when watched, and then had', async () => {
    const { keySets, state } = createRig();
    expect(keySets.has(issuer().metadataUrl)).toBe(false);
    keySets.watch([issuer().metadataUrl, issuer().metadataUrl]);
    await vi.advanceTimersByTimeAsync(0);
    expect(keySets.has(issuer().metadataUrl)).toBe(true);
    expect(state.metadataFetches).toBe(1);
    await keySets.stop();
  });

  it('is refreshed in the background, so that a withdrawn key is gone after the refresh interval', async () => {
    const { keySets, find } = createRig({ refreshMs: HOUR_MS });
    const old = issuer().kid;
    expect((await find(old)).kind).toBe('found');
    await issuer().rotate();
    issuer().withdraw(old);
    await vi.advanceTimersByTimeAsync(HOUR_MS);
    expect((await find()).kind).toBe('found');
    expect(await find(old)).toEqual({ kind: 'cooldown' });
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await find(old)).kind).toBe('unknown');
    await keySets.stop();
  });

  it('keeps the very key object over a refresh', async () => {
    const { keySets, find } = createRig({ refreshMs: HOUR_MS });
    const before = await find();
    await vi.advanceTimersByTimeAsync(HOUR_MS);
    const after = await find();
    expect(before.kind === 'found' && after.kind === 'found' && before.key.key === after.key.key).toBe(true);
    await keySets.stop();
  });

  it('is unavailable, not unknown, while there has never been one', async () => {
    const { state, find, reports, keySets } = createRig();
    state.mode = 'down';
    expect((await find()).kind).toBe('unavailable');
    expect((await find('other')).kind).toBe('unavailable');
    expect(state.fetches).toBe(1);
    expect(reports).toEqual([{ kind: 'failed', metadataUrl: issuer().metadataUrl, reason: 'network', usable: false }]);
    await keySets.stop();
  });

  it('is fetched within 1 s after the issuer is up again, while there has never been a set', async () => {
    const { state, keySets } = createRig();
    state.mode = 'down';
    keySets.watch([issuer().metadataUrl]);
    await vi.advanceTimersByTimeAsync(1200);
    state.mode = 'up';
    await vi.advanceTimersByTimeAsync(1000);
    expect(keySets.has(issuer().metadataUrl)).toBe(true);
    await keySets.stop();
  });

  it('is served while the issuer is down, up to the stale limit, then unavailable, and back when the issuer is', async () => {
    const { state, find, reports, keySets } = createRig();
    await find();
    state.mode = 'down';
    await vi.advanceTimersByTimeAsync(24 * HOUR_MS);
    expect((await find()).kind).toBe('found');
    expect(reports.at(-1)).toMatchObject({ kind: 'failed', usable: true });
    await vi.advanceTimersByTimeAsync(1);
    expect((await find()).kind).toBe('unavailable');
    expect(keySets.has(issuer().metadataUrl)).toBe(false);
    state.mode = 'up';
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect((await find()).kind).toBe('found');
    await keySets.stop();
  });

  it('has a known key at once while a fetch hangs', async () => {
    const { state, find, keySets } = createRig();
    await find();
    state.mode = 'hanging';
    await vi.advanceTimersByTimeAsync(30_000);
    const unknown = find('unknown');
    await vi.advanceTimersByTimeAsync(0);
    expect((await find()).kind).toBe('found');
    await vi.advanceTimersByTimeAsync(2000);
    expect((await unknown).kind).toBe('unavailable');
    await keySets.stop();
  });

  it('ends a fetch after the time limit when the issuer does not respond', async () => {
    const { state, find, reports, keySets } = createRig({ timeoutMs: 2000 });
    state.mode = 'hanging';
    const lookup = find();
    await vi.advanceTimersByTimeAsync(2000);
    expect((await lookup).kind).toBe('unavailable');
    expect(reports).toMatchObject([{ kind: 'failed', reason: 'timeout' }]);
    await keySets.stop();
  });

  it('of one issuer has no key of another', async () => {
    const { keySets, find } = createRig();
    await find();
    expect((await keySets.find('https://other.example/metadata', issuer().kid)).kind).toBe('unavailable');
    await keySets.stop();
  });

  it('makes no fetch and holds no timer after stop', async () => {
    const { state, find, keySets } = createRig();
    await find();
    await keySets.stop();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(48 * HOUR_MS);
    await find('other');
    expect(state.fetches).toBe(2);
  });

  it('stop ends a fetch that hangs', async () => {
    const { state, find, keySets } = createRig();
    state.mode = 'hanging';
    const lookup = find();
    await vi.advanceTimersByTimeAsync(0);
    await keySets.stop();
    expect((await lookup).kind).toBe('unavailable');
    expect(vi.getTimerCount()).toBe(0);
  });
});
