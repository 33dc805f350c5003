import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestIssuer, type TestIssuer } from '../testing/test-issuer.ts';
import { createKeySets } from './create-key-sets.ts';
import type { KeySetReport, KeySetsOptions } from './options.ts';

const HOUR_MS = 3_600_000;
let issuer: TestIssuer;

beforeEach(async () => {
  issuer = await createTestIssuer();
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 15) });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Key sets over the issuer, which can be taken down, slowed or counted. */
function createRig(options: Omit<KeySetsOptions, 'fetch'> = {}) {
  const state: { mode: 'up' | 'down' | 'slow' | 'hanging'; metadataFetches: number; fetches: number } = {
    mode: 'up',
    metadataFetches: 0,
    fetches: 0,
  };
  const reports: KeySetReport[] = [];
  const keySets = createKeySets({
    ...options,
    report: (report) => reports.push(report),
    fetch: (input, init) => {
      state.fetches++;
      if (String(input) === issuer.metadataUrl) state.metadataFetches++;
      if (state.mode === 'down') return Promise.reject(new TypeError('fetch failed'));
      if (state.mode === 'up') return issuer.fetch(input, init);
      if (state.mode === 'slow') return new Promise((resolve) => setTimeout(() => resolve(issuer.fetch(input, init)), 500));
      return new Promise((_, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
      });
    },
  });
  const find = (kid = issuer.kid) => keySets.find(issuer.metadataUrl, kid);
  return { state, reports, keySets, find };
}

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
    expect(await find()).toMatchObject({ kind: 'found', key: { kid: issuer.kid, endorsements: ['msteams', 'webchat'] } });
    await keySets.stop();
  });

  it('is fetched in the background when watched, and then had', async () => {
    const { keySets, state } = createRig();
    expect(keySets.has(issuer.metadataUrl)).toBe(false);
    keySets.watch([issuer.metadataUrl, issuer.metadataUrl]);
    await vi.advanceTimersByTimeAsync(0);
    expect(keySets.has(issuer.metadataUrl)).toBe(true);
    expect(state.metadataFetches).toBe(1);
    await keySets.stop();
  });

  it('is refreshed in the background, so that a withdrawn key is gone after the refresh interval', async () => {
    const { keySets, find } = createRig({ refreshMs: HOUR_MS });
    const old = issuer.kid;
    expect((await find(old)).kind).toBe('found');
    await issuer.rotate();
    issuer.withdraw(old);
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
    expect(reports).toEqual([{ kind: 'failed', metadataUrl: issuer.metadataUrl, reason: 'network', usable: false }]);
    await keySets.stop();
  });

  it('is fetched within 1 s after the issuer is up again, while there has never been a set', async () => {
    const { state, keySets } = createRig();
    state.mode = 'down';
    keySets.watch([issuer.metadataUrl]);
    await vi.advanceTimersByTimeAsync(1200);
    state.mode = 'up';
    await vi.advanceTimersByTimeAsync(1000);
    expect(keySets.has(issuer.metadataUrl)).toBe(true);
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
    expect(keySets.has(issuer.metadataUrl)).toBe(false);
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
    expect((await keySets.find('https://other.example/metadata', issuer.kid)).kind).toBe('unavailable');
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
    const before = issuer.kid;
    const fresh = await issuer.rotate();
    expect((await find(fresh)).kind).toBe('found');
    expect((await find(before)).kind).toBe('found');
    await keySets.stop();
  });

  it('is in its cooldown, not unknown, while the cooldown is the only reason not to look', async () => {
    const { state, find, keySets } = createRig();
    await find();
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await find('asked-first')).kind).toBe('unknown');
    const fresh = await issuer.rotate();
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
    const fresh = await issuer.rotate();
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
