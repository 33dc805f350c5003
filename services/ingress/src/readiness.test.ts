import { describe, expect, it } from 'vitest';
import { createReadiness } from './readiness.ts';

function readiness(urls: readonly string[], held: ReadonlySet<string>, clock: { now: number }) {
  return createReadiness({
    codecConnected: () => true,
    appenderAvailable: () => true,
    repliesCaughtUp: () => true,
    keySetUrls: () => urls,
    hasKeySet: (url) => held.has(url),
    monotonic: () => clock.now,
    keySetsWaitMs: 1_000,
  });
}

describe('createReadiness', () => {
  it('waits for all key sets, but not indefinitely for those of an unreachable issuer', () => {
    const clock = { now: 0 };
    const held = new Set<string>();
    const state = readiness(['a', 'b'], held, clock);
    held.add('a');
    expect(state.missing()).toEqual(['key sets']);
    clock.now = 1_000;
    expect(state.missing()).toEqual([]);
  });

  it('is never ready without any key set', () => {
    const clock = { now: 0 };
    const state = readiness(['a'], new Set(), clock);
    clock.now = 1e9;
    expect(state.missing()).toEqual(['key sets']);
  });

  it('stays ready when a later sources file brings a new issuer', () => {
    const urls = ['a'];
    const state = readiness(urls, new Set(['a']), { now: 0 });
    expect(state.missing()).toEqual([]);
    urls.push('b');
    expect(state.missing()).toEqual([]);
  });

  it('is ready without sources that need keys, and never again once it drains', () => {
    const state = readiness([], new Set(), { now: 0 });
    expect(state.missing()).toEqual([]);
    state.drain();
    expect(state.missing()).toEqual(['shutting down']);
  });
});
