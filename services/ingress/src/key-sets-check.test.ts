import { describe, expect, it } from 'vitest';
import { createKeySetsCheck } from './key-sets-check.ts';

function checkOf(urls: readonly string[], loaded: ReadonlySet<string>, clock: { now: number }) {
  return createKeySetsCheck({ urls: () => urls, has: (url) => loaded.has(url), monotonic: () => clock.now, waitMs: 1_000 });
}

describe('createKeySetsCheck', () => {
  it('waits for all key sets, but not indefinitely for those of an unreachable issuer', () => {
    const clock = { now: 0 };
    const loaded = new Set<string>();
    const missing = checkOf(['a', 'b'], loaded, clock);
    loaded.add('a');
    expect(missing()).toEqual(['waiting for key sets']);
    clock.now = 1_000;
    expect(missing()).toEqual([]);
  });

  it('never holds without any key set', () => {
    const clock = { now: 0 };
    const missing = checkOf(['a'], new Set(), clock);
    clock.now = 1e9;
    expect(missing()).toEqual(['waiting for key sets']);
  });

  it('holds for good when a later sources file brings a new issuer', () => {
    const urls = ['a'];
    const missing = checkOf(urls, new Set(['a']), { now: 0 });
    expect(missing()).toEqual([]);
    urls.push('b');
    expect(missing()).toEqual([]);
  });

  it('holds at once without sources that need keys', () => {
    expect(checkOf([], new Set(), { now: 0 })()).toEqual([]);
  });
});
