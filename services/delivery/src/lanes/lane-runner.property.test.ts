import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EndpointHealth } from './breaker.ts';
import type { Deferral, Job } from './job.ts';
import { createFlowSizes } from './job-queue.ts';
import { createLane, type LaneSettings } from './lane.ts';
import { createLaneRunner, type LaneEntry } from './lane-runner.ts';

const limits = { capacity: 100, capacityBytes: 1_000, maxWaitMs: 60_000, breaker: { threshold: 1, openMs: 1_000, maxOpenMs: 1_000 } };
const turnOfLoop = () => new Promise((resolve) => setImmediate(resolve));

function entriesOf(count: number, concurrency: number): readonly LaneEntry<Job>[] {
  const flowSizes = { first: createFlowSizes(), retry: createFlowSizes() };
  const settings: LaneSettings = { concurrency, ratePerSecond: null };
  return Array.from({ length: count }, (_, n) => ({
    lane: createLane<Job>({ settings, limits, flowSizes }, 0),
    origin: `origin ${n}`,
    usedAt: 0,
    timer: undefined,
  }));
}

function job(run: () => Promise<EndpointHealth>, defer: (deferral: Deferral) => void = () => {}): Job {
  return { retry: false, returned: false, bytes: 1, flow: 'flow', run, defer };
}

it('runs every job, and begins no more in a turn of the event loop than it is told to', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 8 }), async (laneSizes, startsPerTurn) => {
      const runner = createLaneRunner<Job>({ maxInFlight: 6, startsPerTurn, now: () => 0 });
      let started = 0;
      const total = laneSizes.reduce((sum, size) => sum + size, 0);
      for (const [n, entry] of entriesOf(laneSizes.length, 2).entries()) {
        const one = job(async () => {
          started++;
          return 'healthy';
        });
        for (let count = 0; count < (laneSizes[n] ?? 0); count++) entry.lane.offer(one, 0);
        runner.place(entry, 0);
      }
      runner.pump();
      for (let before = 0; before < total; before = started) {
        await Promise.resolve();
        expect(started - before).toBeLessThanOrEqual(startsPerTurn);
        expect(runner.inFlight).toBeLessThanOrEqual(6);
        await turnOfLoop();
        expect(started - before).toBeLessThanOrEqual(2 * startsPerTurn);
        if (started === before) throw new Error('no job began although jobs wait');
      }
      expect(started).toBe(total);
      await runner.stop();
    }),
    { numRuns: 60 },
  );
});

it('names a lane as broken while it has queued jobs and its breaker is open, and defers them once it may', async () => {
  let mayStart = true;
  const runner = createLaneRunner<Job>({ maxInFlight: 6, mayStart: () => mayStart, now: () => 0 });
  const [entry] = entriesOf(1, 1) as [LaneEntry<Job>];
  const deferred: Deferral[] = [];
  const one = job(
    async () => 'unhealthy',
    (deferral) => deferred.push(deferral),
  );
  for (let n = 0; n < 2; n++) entry.lane.offer(one, 0);
  runner.place(entry, 0);
  runner.pump();
  mayStart = false;
  await turnOfLoop();
  expect([...runner.broken]).toEqual([entry]);
  expect(deferred).toEqual([]);
  mayStart = true;
  runner.expire(entry, 0);
  expect(deferred).toEqual([{ code: 'ERR_DEFERRED_BREAKER_OPEN', afterMs: 1_000 }]);
  expect(runner.broken.size).toBe(0);
});

it('starts nothing after its stop, which waits for what is in flight', async () => {
  const runner = createLaneRunner<Job>({ maxInFlight: 6, now: () => 0 });
  const [entry] = entriesOf(1, 1) as [LaneEntry<Job>];
  const { promise, resolve } = Promise.withResolvers<EndpointHealth>();
  let started = 0;
  const one = job(() => {
    started++;
    return promise;
  });
  for (let n = 0; n < 2; n++) entry.lane.offer(one, 0);
  runner.place(entry, 0);
  runner.pump();
  let stopped = false;
  const stop = runner.stop().then(() => {
    stopped = true;
  });
  await turnOfLoop();
  expect(stopped).toBe(false);
  resolve('healthy');
  await stop;
  await turnOfLoop();
  expect([started, entry.lane.queued]).toEqual([1, 1]);
});
