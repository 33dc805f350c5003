import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Deferral, Job } from './job.ts';
import type { LaneSettings } from './lane.ts';
import { createLanes, type Lanes } from './lanes.ts';

const INSTALLS = 10_000;
const settings: LaneSettings = { concurrency: 10, ratePerSecond: null };
let lanes: Lanes<Job>;
let log: string[];
let deferred: { name: string; code: Deferral['code'] }[];

beforeEach(() => {
  vi.useFakeTimers();
  log = [];
  deferred = [];
  lanes = createLanes({
    limits: { capacity: 500, capacityBytes: 1_000_000, maxWaitMs: 5_000, breaker: { threshold: 10, openMs: 5_000, maxOpenMs: 120_000 } },
    maxInFlight: 500,
    retryBudget: { perSecond: 50, perFirstAttempt: 0.2 },
    now: () => Date.now(),
  });
});

afterEach(() => {
  void lanes.stop();
  vi.useRealTimers();
});

function submit(lane: string, flow: string, { origin = lane, ms = 20, retry = false } = {}): void {
  const job: Job = {
    retry,
    returned: false,
    bytes: 1,
    flow,
    run: async () => {
      log.push(`${lane} ${flow}`);
      await new Promise((resolve) => setTimeout(resolve, ms));
      return 'healthy';
    },
    defer: ({ code }) => deferred.push({ name: `${lane} ${flow}`, code }),
  };
  lanes.submit(lane, { ...settings, origin }, job);
}

function fanOut(origin?: string): void {
  for (let n = 0; n < INSTALLS; n++) submit(`install ${n}`, 'large', origin === undefined ? {} : { origin });
}

describe('a flow with 10,000 lanes', () => {
  it.each([
    ['each at its own origin', undefined],
    ['all at one origin', 'shared'],
  ])('delays a delivery of another flow by 2 starts at most once a slot is free: %s', async (_case, origin) => {
    fanOut(origin);
    await vi.advanceTimersByTimeAsync(100);
    const before = log.length;
    submit('other', 'small', origin === undefined ? {} : { origin });
    await vi.advanceTimersByTimeAsync(20);
    expect(log.indexOf('other small')).toBeGreaterThan(0);
    expect(log.indexOf('other small') - before).toBeLessThanOrEqual(2);
  });

  it('delays a delivery of another flow at an install that waits in the large one by 2 starts and the attempt before it', async () => {
    fanOut();
    await vi.advanceTimersByTimeAsync(100);
    const before = log.length;
    const install = `install ${INSTALLS - 1}`;
    submit(install, 'small');
    await vi.advanceTimersByTimeAsync(60);
    const [large, small] = [log.indexOf(`${install} large`), log.indexOf(`${install} small`)];
    expect(large).toBeGreaterThanOrEqual(before);
    expect(large - before).toBeLessThanOrEqual(2);
    // In 20 ms, which the attempt takes, 375 others start.
    expect(small - large).toBeGreaterThan(0);
    expect(small - large).toBeLessThanOrEqual(400);
  });

  it('has all of its deliveries attempted once, in the end', async () => {
    fanOut();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(log).toHaveLength(INSTALLS);
    expect(new Set(log).size).toBe(INSTALLS);
    expect(deferred).toEqual([]);
    expect(lanes.counts()).toMatchObject({ inFlight: 0, queued: 0 });
  });
});

describe('attempts of 100 installs that may all begin', () => {
  it('begin 16 in a turn of the event loop, for all else in the process gets its turns between them', async () => {
    for (let n = 0; n < 100; n++) submit(`install ${n}`, 'flow', { ms: 60_000 });
    expect(log).toHaveLength(16);
    await vi.advanceTimersByTimeAsync(20);
    expect(log).toHaveLength(100);
  });
});

describe('an install with deliveries of 400 conversations', () => {
  it('delays the only delivery of another install by its concurrency at most', () => {
    for (let n = 0; n < 400; n++) submit('busy', `conversation ${n}`);
    const before = log.length;
    submit('other', 'conversation');
    expect(before).toBe(10);
    expect(log.at(-1)).toBe('other conversation');
  });
});

describe('jobs that waited for 10 s without a slot', () => {
  it('are deferred, of 600 lanes too, and those that were queued later are not', async () => {
    for (let n = 0; n < 600; n++) submit(`hangs ${n}`, `flow ${n}`, { ms: 60_000 });
    await vi.advanceTimersByTimeAsync(5_000);
    submit('late', 'late', { ms: 60_000 });
    expect(log).toHaveLength(375);
    await vi.advanceTimersByTimeAsync(5_500);
    expect(deferred).toHaveLength(225);
    expect(new Set(deferred.map(({ code }) => code))).toEqual(new Set(['ERR_DEFERRED_LANE_FULL']));
    expect(deferred.some(({ name }) => name.startsWith('late'))).toBe(false);
    expect(lanes.counts().queued).toBe(1);
  });
});
