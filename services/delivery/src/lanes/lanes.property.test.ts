import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Job } from './job.ts';
import { createLanes, type LanesOptions } from './lanes.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const options = (): LanesOptions => ({
  limits: { capacity: 100, capacityBytes: 1_000, maxWaitMs: 60_000, breaker: { threshold: 5, openMs: 1_000, maxOpenMs: 8_000 } },
  maxInFlight: 8,
  retryBudget: { perSecond: 10_000, perFirstAttempt: 1 },
  now: () => Date.now(),
});

/** Attempts of several lanes: which lane, how long it lasts, whether it is a retry, whether it fails. */
const work = fc.array(
  fc.record({
    lane: fc.integer({ min: 0, max: 4 }),
    ms: fc.integer({ min: 1, max: 300 }),
    retry: fc.boolean(),
    fails: fc.boolean(),
    pause: fc.integer({ min: 0, max: 50 }),
  }),
  { minLength: 1, maxLength: 80 },
);

it('every job either runs once or is put off once, within the limits, whatever comes in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(work, async (jobs) => {
      const lanes = createLanes(options());
      const running = new Map<number, number>();
      const ends = jobs.map(() => 0);
      let inFlight = 0;
      const jobOf = ({ lane, ms, retry, fails }: (typeof jobs)[number], index: number): Job => ({
        retry,
        returned: false,
        bytes: 1,
        run: async () => {
          ends[index] = (ends[index] ?? 0) + 1;
          running.set(lane, (running.get(lane) ?? 0) + 1);
          inFlight++;
          expect(running.get(lane)).toBeLessThanOrEqual(3);
          expect(inFlight).toBeLessThanOrEqual(8);
          await new Promise((resolve) => setTimeout(resolve, ms));
          running.set(lane, (running.get(lane) ?? 0) - 1);
          inFlight--;
          return fails ? 'unhealthy' : 'healthy';
        },
        defer: ({ afterMs }) => {
          ends[index] = (ends[index] ?? 0) + 1;
          expect(afterMs).toBeGreaterThanOrEqual(0);
        },
      });
      for (const [index, one] of jobs.entries()) {
        lanes.submit(`lane-${one.lane}`, { concurrency: 3, ratePerSecond: null }, jobOf(one, index));
        await vi.advanceTimersByTimeAsync(one.pause);
      }
      await vi.advanceTimersByTimeAsync(120_000);
      expect(ends).toEqual(jobs.map(() => 1));
      expect(lanes.counts()).toMatchObject({ inFlight: 0, queued: 0 });
      await lanes.stop();
    }),
    { numRuns: 60 },
  );
});

it('lanes that have work take turns: none starts twice before another one that waits for a slot', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 2, maxLength: 6 }), async (sizes) => {
      const lanes = createLanes({ ...options(), maxInFlight: 1 });
      const started: number[] = [];
      for (const [lane, size] of sizes.entries()) {
        for (let n = 0; n < size; n++) {
          const run = async () => {
            started.push(lane);
            await new Promise((resolve) => setTimeout(resolve, 10));
            return 'healthy' as const;
          };
          lanes.submit(
            `lane-${lane}`,
            { concurrency: 3, ratePerSecond: null },
            { retry: false, returned: false, bytes: 1, run, defer: () => {} },
          );
        }
      }
      await vi.advanceTimersByTimeAsync(10_000);
      await lanes.stop();
      // The first job found an empty process; from then on each round serves every lane that still has work.
      const left = [...sizes];
      for (const lane of started) left[lane] = (left[lane] ?? 0) - 1;
      expect(left.every((size) => size === 0)).toBe(true);
      for (let at = 1; at < started.length; at++) {
        const lane = started[at] ?? 0;
        const before = started.lastIndexOf(lane, at - 1);
        if (before < 1) continue;
        const between = new Set(started.slice(before + 1, at));
        const waiting = sizes.flatMap((_, other) => (other !== lane && started.indexOf(other, before + 1) > at ? [other] : []));
        expect(waiting.filter((other) => !between.has(other))).toEqual([]);
      }
    }),
    { numRuns: 60 },
  );
});
