import { describe, expect, it, vi } from 'vitest';
import { useKeySetRigs } from './testing/key-set-rig.ts';

const HOUR_MS = 3_600_000;
const { createRig, issuer } = useKeySetRigs();

describe('an unknown key', () => {
  it('makes one fetch in 20 s, however many there are', async () => {
    const { state, find, keySets } = createRig();
    await find();
    const flood = async () => {
      const lookups = await Promise.all(Array.from({ length: 10_000 }, (_, index) => find(`random-${index}`)));
      return new Set(lookups.map((lookup) => lookup.kind));
    };
    expect(await flood()).toEqual(new Set(['cooldown']));
    expect(state.metadataFetches).toBe(1);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await flood()).toEqual(new Set(['unknown', 'cooldown']));
    expect(state.metadataFetches).toBe(2);
    await keySets.stop();
  });

  it('makes one fetch in 20 s also when that fails, and is unavailable then', async () => {
    const { state, find, keySets } = createRig({ refreshMs: 24 * HOUR_MS });
    await find();
    state.mode = 'down';
    await vi.advanceTimersByTimeAsync(60_000);
    for (let asked = 0; asked < 100; asked++) expect(await find(`random-${asked}`)).toEqual({ kind: 'unavailable' });
    expect(state.metadataFetches).toBe(2);
    await vi.advanceTimersByTimeAsync(19_999);
    await find('random');
    expect(state.metadataFetches).toBe(2);
    await keySets.stop();
  });

  it('that the issuer has just published is found at its first use, 20 s after the last fetch', async () => {
    const { find, keySets } = createRig();
    await find();
    await vi.advanceTimersByTimeAsync(20_000);
    const before = issuer().kid;
    const fresh = await issuer().rotate();
    expect((await find(fresh)).kind).toBe('found');
    expect((await find(before)).kind).toBe('found');
    await keySets.stop();
  });

  it('is in its cooldown, not unknown, while the cooldown is the only reason not to look', async () => {
    const { state, find, keySets } = createRig();
    await find();
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await find('asked-first')).kind).toBe('unknown');
    const fresh = await issuer().rotate();
    await vi.advanceTimersByTimeAsync(19_999);
    expect(await find(fresh)).toEqual({ kind: 'cooldown' });
    expect(state.metadataFetches).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    expect((await find(fresh)).kind).toBe('found');
    await keySets.stop();
  });

  it('that a fetch did not find stays unknown until the next fetch is allowed, and causes that one', async () => {
    const { state, find, keySets } = createRig();
    expect((await find('wrong')).kind).toBe('unknown');
    await vi.advanceTimersByTimeAsync(19_999);
    expect((await find('wrong')).kind).toBe('unknown');
    expect(state.metadataFetches).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect((await find('wrong')).kind).toBe('unknown');
    expect(state.metadataFetches).toBe(2);
    await keySets.stop();
  });

  it('that a fetch did not find stays unknown after lookups of 10,000 others', async () => {
    const { find, keySets } = createRig();
    await find('wrong');
    const others = await Promise.all(Array.from({ length: 10_000 }, (_, index) => find(`random-${index}`)));
    expect(new Set(others.map(({ kind }) => kind))).toEqual(new Set(['cooldown']));
    expect((await find('wrong')).kind).toBe('unknown');
    await keySets.stop();
  });

  it('that joined a fetch in flight is not unknown: the response may be older than the key', async () => {
    const { state, find, keySets } = createRig();
    await find();
    await vi.advanceTimersByTimeAsync(20_000);
    state.mode = 'slow';
    const first = find('first');
    await vi.advanceTimersByTimeAsync(500);
    const joined = find('second');
    await vi.advanceTimersByTimeAsync(1000);
    expect((await first).kind).toBe('unknown');
    expect(await joined).toEqual({ kind: 'cooldown' });
    await keySets.stop();
  });

  it('that one fetch did not find is unavailable once a later one failed', async () => {
    const { state, find, keySets } = createRig({ refreshMs: 25_000 });
    await find();
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await find('wrong')).kind).toBe('unknown');
    state.mode = 'down';
    await vi.advanceTimersByTimeAsync(25_000);
    expect(await find('wrong')).toEqual({ kind: 'unavailable' });
    await keySets.stop();
  });

  it('stays unknown over a refresh in the background that does not find it either', async () => {
    const { state, find, keySets } = createRig({ refreshMs: 10_000 });
    expect((await find('wrong')).kind).toBe('unknown');
    await vi.advanceTimersByTimeAsync(15_000);
    expect(state.metadataFetches).toBe(2);
    expect((await find('wrong')).kind).toBe('unknown');
    expect((await find('other')).kind).toBe('cooldown');
    await keySets.stop();
  });

  it('is accepted 20 s after its publication under 1,000 unknown key ids a second, with a fetch every 20 s and no 401', async () => {
    const { state, find, keySets } = createRig();
    await find();
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await find('random')).kind).toBe('unknown');
    // The worst moment: just after a fetch.
    const fresh = await issuer().rotate();
    const outcomes: string[] = [];
    let unknown = 0;
    for (let ms = 0; ms < 21_000; ms += 10) {
      await vi.advanceTimersByTimeAsync(10);
      const flood = Array.from({ length: 10 }, (_, index) => find(`random-${ms}-${index}`));
      const lookup = await find(fresh);
      outcomes.push(lookup.kind);
      unknown += (await Promise.all(flood)).filter(({ kind }) => kind === 'unknown').length;
    }
    expect(outcomes).not.toContain('unknown');
    const accepted = outcomes.indexOf('found');
    expect(accepted * 10).toBeLessThanOrEqual(20_000);
    expect(new Set(outcomes.slice(accepted))).toEqual(new Set(['found']));
    expect(state.metadataFetches).toBeLessThanOrEqual(3);
    expect(unknown).toBeLessThanOrEqual(state.metadataFetches);
    await keySets.stop();
  }, 60_000);
});
