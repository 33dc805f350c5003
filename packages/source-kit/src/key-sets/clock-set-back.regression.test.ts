import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTestIssuer, type TestIssuer } from '../testing/test-issuer.ts';

let issuer: TestIssuer;

beforeEach(async () => {
  issuer = await createTestIssuer();
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 15) });
});

afterEach(() => {
  vi.useRealTimers();
});

it.each([-15_000, 15_000])('finds a key 20 s after the last fetch, and not before, though the clock was set by %i ms', async (jumpMs) => {
  const keySets = issuer.keySets();
  await keySets.find(issuer.metadataUrl, issuer.kid);
  const fresh = await issuer.rotate();
  await vi.advanceTimersByTimeAsync(10_000);
  vi.setSystemTime(Date.now() + jumpMs);
  await vi.advanceTimersByTimeAsync(9_999);
  expect((await keySets.find(issuer.metadataUrl, fresh)).kind).toBe('cooldown');
  await vi.advanceTimersByTimeAsync(1);
  expect((await keySets.find(issuer.metadataUrl, fresh)).kind).toBe('found');
  await keySets.stop();
});
