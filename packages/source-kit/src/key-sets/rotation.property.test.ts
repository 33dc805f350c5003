import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { KeyLookup, KeySets } from '../key-sets.ts';
import { createKeySets } from './create-key-sets.ts';
import { createScriptedIssuer, type FetchRecord, type PublicKey, publicKeys } from './testing/scripted-issuer.ts';

const COOLDOWN_MS = 20_000;
const MAX_LATENCY_MS = 1000;
const HORIZON_MS = 100_000;

let keys: readonly PublicKey[];

beforeAll(() => {
  keys = publicKeys(4);
});

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 15) });
});

afterEach(() => {
  vi.useRealTimers();
});

interface Lookup {
  readonly kid: string;
  readonly askedAt: number;
  readonly doneAt: number;
  readonly outcome: KeyLookup['kind'];
}

/** One thing that happens at a time of the schedule, in milliseconds from its start. */
interface Step {
  readonly at: number;
  readonly kids: readonly string[];
  /** By how much the wall clock is set ahead, or back where it is negative. */
  readonly clockJumpMs?: number;
}

const time = fc.integer({ min: 0, max: HORIZON_MS });
const schedules = fc.record({
  /** When each of the keys after the first is published. */
  published: fc.array(time, { minLength: 3, maxLength: 3 }),
  /** Uses of the new keys, so long after their publication. */
  uses: fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 45_000 })), { minLength: 5, maxLength: 40 }),
  /** Lookups of key ids that are never published: a beginning, how many, and the time between two. */
  floods: fc.array(fc.tuple(time, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 50, max: 2000 })), { maxLength: 4 }),
  /** Lookups of the new keys, so long before their publication. */
  early: fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 30_000 })), { maxLength: 3 }),
  /** Lookups of one wrong key id, again and again. */
  repeated: fc.array(time, { maxLength: 10 }),
  latencies: fc.array(fc.integer({ min: 0, max: MAX_LATENCY_MS }), { minLength: 1, maxLength: 8 }),
  /** Times within which the issuer fails. */
  outages: fc.array(fc.tuple(time, fc.integer({ min: 1, max: 30_000 })), { maxLength: 2 }),
  /** Times at which the wall clock is set, and by how much. */
  clockJumps: fc.array(fc.tuple(time, fc.integer({ min: -60_000, max: 60_000 })), { maxLength: 4 }),
});

type Schedule = typeof schedules extends fc.Arbitrary<infer S> ? S : never;

function stepsOf({ published, uses, early, floods, repeated, clockJumps }: Schedule): readonly Step[] {
  const steps: readonly Step[] = [
    ...clockJumps.map(([at, clockJumpMs]) => ({ at, kids: [], clockJumpMs })),
    ...uses.map(([index, after]) => ({ at: (published[index - 1] as number) + after, kids: [(keys[index] as PublicKey).kid] })),
    ...early.map(([index, before]) => ({ at: (published[index - 1] as number) - before, kids: [(keys[index] as PublicKey).kid] })),
    ...floods.flatMap(([from, count, gap], flood) =>
      Array.from({ length: count }, (_, n) => ({ at: from + n * gap, kids: [`flood-${flood}-${n}`] })),
    ),
    ...repeated.map((at) => ({ at, kids: ['wrong'] })),
  ];
  return steps.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at);
}

/** Plays the schedule against key sets that already hold the first key. */
async function play(schedule: Schedule): Promise<{ readonly lookups: readonly Lookup[]; readonly fetches: readonly FetchRecord[] }> {
  const start = performance.now();
  const since = () => Math.round(performance.now() - start);
  const issuer = createScriptedIssuer({
    now: since,
    keysAt: (at) => keys.filter((_, index) => index === 0 || (schedule.published[index - 1] as number) <= at),
    latencyOf: (fetchIndex) => schedule.latencies[fetchIndex % schedule.latencies.length] as number,
    isDown: (at) => schedule.outages.some(([from, length]) => at >= from && at < from + length),
  });
  const keySets: KeySets = createKeySets({ fetch: issuer.fetch });
  keySets.watch([issuer.metadataUrl]);
  await vi.advanceTimersByTimeAsync(0);
  const lookups: Lookup[] = [];
  const pending: Promise<unknown>[] = [];
  for (const { at, kids, clockJumpMs = 0 } of stepsOf(schedule)) {
    if (at > since()) await vi.advanceTimersByTimeAsync(at - since());
    if (clockJumpMs !== 0) vi.setSystemTime(Date.now() + clockJumpMs);
    for (const kid of kids) {
      const askedAt = since();
      const done = Promise.resolve(keySets.find(issuer.metadataUrl, kid));
      pending.push(done.then(({ kind }) => lookups.push({ kid, askedAt, doneAt: since(), outcome: kind })));
    }
  }
  await vi.advanceTimersByTimeAsync(5000);
  await Promise.all(pending);
  await keySets.stop();
  return { lookups, fetches: issuer.fetches };
}

function assertLookup(lookup: Lookup, firstAskedAt: number, publishedAt: number, fetches: readonly FetchRecord[]): void {
  const { kid, askedAt, doneAt, outcome } = lookup;
  const shown = JSON.stringify({ lookup, publishedAt, fetches });
  if (outcome === 'unknown') {
    // A fetch that began after the key id was asked for says so, and the next one is not allowed yet.
    const said = fetches.some(
      ({ at, ok, kids }) => ok && at >= firstAskedAt && at <= doneAt && doneAt - at < COOLDOWN_MS && !kids.includes(kid),
    );
    expect(said, `unknown though no fetch said so: ${shown}`).toBe(true);
  }
  if (askedAt < publishedAt) return;
  if (firstAskedAt >= publishedAt) expect(outcome, shown).not.toBe('unknown');
  const failed = fetches.some(({ at, ok }) => !ok && at >= askedAt - 2 * COOLDOWN_MS && at <= doneAt);
  const last = fetches.findLast(({ at }) => at < askedAt);
  const isDue = askedAt - publishedAt >= COOLDOWN_MS || askedAt - (last?.at ?? 0) >= COOLDOWN_MS;
  if (isDue && !failed) {
    expect(outcome, shown).toBe('found');
    expect(doneAt - askedAt, shown).toBeLessThanOrEqual(MAX_LATENCY_MS);
  }
}

it('never refuses a published key, accepts it within 21 s, and fetches at most every 20 s in any schedule of publications, floods, uses, failures and clock jumps', async () => {
  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => {
      const { lookups, fetches } = await play(schedule);
      const first = fetches.findIndex(({ ok }) => ok);
      for (let index = Math.max(first, 0) + 1; index < fetches.length; index++) {
        const gap = (fetches[index] as FetchRecord).at - (fetches[index - 1] as FetchRecord).at;
        expect(gap, JSON.stringify(fetches)).toBeGreaterThanOrEqual(COOLDOWN_MS);
      }
      for (const lookup of lookups) {
        const index = keys.findIndex(({ kid }) => kid === lookup.kid);
        const firstAskedAt = Math.min(...lookups.filter(({ kid }) => kid === lookup.kid).map(({ askedAt }) => askedAt));
        assertLookup(lookup, firstAskedAt, index < 1 ? Number.POSITIVE_INFINITY : (schedule.published[index - 1] as number), fetches);
      }
    }),
    { numRuns: 300 },
  );
}, 120_000);
