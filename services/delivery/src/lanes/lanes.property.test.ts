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

/** Attempts of several lanes at two origins: which lane and flow, how long it lasts, whether it is a retry, whether it fails. */
const work = fc.array(
  fc.record({
    lane: fc.integer({ min: 0, max: 4 }),
    flow: fc.integer({ min: 0, max: 3 }),
    ms: fc.integer({ min: 1, max: 300 }),
    retry: fc.boolean(),
    fails: fc.boolean(),
    pause: fc.integer({ min: 0, max: 50 }),
  }),
  { minLength: 1, maxLength: 80 },
);

it('every job either runs once or is deferred once, within the limits, and the jobs of a lane start in order', async () => {
  await fc.assert(
    fc.asyncProperty(work, async (jobs) => {
      const lanes = createLanes(options());
      const running = new Map<number, number>();
      const ends = jobs.map(() => 0);
      const started = new Map<string, number>();
      let inFlight = 0;
      const jobOf = ({ lane, flow, ms, retry, fails }: (typeof jobs)[number], index: number): Job => ({
        retry,
        returned: false,
        bytes: 1,
        flow: `flow-${flow}`,
        run: async () => {
          ends[index] = (ends[index] ?? 0) + 1;
          const queue = `${lane} ${retry}`;
          expect(index).toBeGreaterThan(started.get(queue) ?? -1);
          started.set(queue, index);
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
        const settings = { concurrency: 3, ratePerSecond: null, origin: one.lane % 2 === 0 ? 'even' : 'odd' };
        lanes.submit(`lane-${one.lane}`, settings, jobOf(one, index));
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

it('lanes of one flow that have work take turns: none starts twice before another one that waits for a slot', async () => {
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
            { retry: false, returned: false, bytes: 1, flow: 'flow', run, defer: () => {} },
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

it('of k flows that have work, each has one of any k starts that follow each other, however many lanes it has', async () => {
  const JOBS = 12;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: JOBS }), { minLength: 2, maxLength: 6 }), async (laneCounts) => {
      const lanes = createLanes({ ...options(), maxInFlight: 1 });
      const started: number[] = [];
      for (const [flow, count] of laneCounts.entries()) {
        for (let n = 0; n < JOBS; n++) {
          const run = async () => {
            started.push(flow);
            await new Promise((resolve) => setTimeout(resolve, 10));
            return 'healthy' as const;
          };
          const job = { retry: false, returned: false, bytes: 1, flow: `flow-${flow}`, run, defer: () => {} };
          lanes.submit(`lane-${flow}-${n % count}`, { concurrency: 3, ratePerSecond: null }, job);
        }
      }
      await vi.advanceTimersByTimeAsync(10_000);
      await lanes.stop();
      expect(started).toHaveLength(JOBS * laneCounts.length);
      const flows = laneCounts.length;
      // The first job found an empty process; its flow is the first that has no more work.
      for (let at = 1; at + flows <= flows * (JOBS - 1); at++) {
        expect(new Set(started.slice(at, at + flows)).size).toBe(flows);
      }
    }),
    { numRuns: 60 },
  );
});
