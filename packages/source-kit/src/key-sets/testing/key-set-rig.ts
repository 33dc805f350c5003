import { afterEach, beforeEach, vi } from 'vitest';
import { createTestIssuer, type TestIssuer } from '../../testing/test-issuer.ts';
import { createKeySets } from '../create-key-sets.ts';
import type { KeySetReport, KeySetsOptions } from '../options.ts';

/** Key sets over the issuer, which can be taken down, slowed or counted. */
function createKeySetRig(issuer: TestIssuer, options: Omit<KeySetsOptions, 'fetch'> = {}) {
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
  const find = async (kid = issuer.kid) => keySets.find(issuer.metadataUrl, kid);
  return { state, reports, keySets, find };
}

/** An issuer for each test of the file, at a time that does not pass by itself, and rigs over it. */
export function useKeySetRigs() {
  let current: TestIssuer;
  beforeEach(async () => {
    current = await createTestIssuer();
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 15) });
  });
  afterEach(() => void vi.useRealTimers());
  return { issuer: (): TestIssuer => current, createRig: (options?: Omit<KeySetsOptions, 'fetch'>) => createKeySetRig(current, options) };
}
