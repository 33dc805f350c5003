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

it('finds a key published just after a fetch as soon as the next fetch is allowed, though it was asked for before that', async () => {
  const keySets = issuer.keySets();
  await keySets.find(issuer.metadataUrl, issuer.kid);
  const fresh = await issuer.rotate();
  await vi.advanceTimersByTimeAsync(10_000);
  expect((await keySets.find(issuer.metadataUrl, fresh)).kind).toBe('cooldown');
  await vi.advanceTimersByTimeAsync(10_000);
  expect((await keySets.find(issuer.metadataUrl, fresh)).kind).toBe('found');
  await keySets.stop();
});
