import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EndpointHealth } from './breaker.ts';
import type { Deferral, Job } from './job.ts';
import type { LaneSettings } from './lane.ts';
import { createLanes, type Lanes, type LanesOptions } from './lanes.ts';

const settings: LaneSettings = { concurrency: 2, ratePerSecond: null };
let lanes: Lanes<Job>;
let log: string[];
let deferred: { name: string; deferral: Deferral }[];

function start(options: Partial<LanesOptions> = {}) {
  lanes = createLanes({
    limits: { capacity: 10, capacityBytes: 1_000, maxWaitMs: 5_000, breaker: { threshold: 3, openMs: 1_000, maxOpenMs: 8_000 } },
    maxInFlight: 100,
    retryBudget: { perSecond: 1_000, perFirstAttempt: 0.2 },
    startsPerTurn: 1_000,
    now: () => Date.now(),
    ...options,
  });
}

/** An attempt that lasts `ms`; for ever when absent. */
function job(name: string, ms?: number, options: Partial<Job> & { health?: EndpointHealth } = {}): Job {
  return {
    retry: false,
    returned: false,
    bytes: 1,
    flow: 'flow',
    run: () => {
      log.push(name);
      return new Promise((resolve) => {
        if (ms !== undefined) setTimeout(() => resolve(options.health ?? 'healthy'), ms);
      });
    },
    defer: (deferral) => deferred.push({ name, deferral }),
    ...options,
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  log = [];
  deferred = [];
});

afterEach(() => {
  void lanes.stop();
  vi.useRealTimers();
});

describe('lanes of a process that may not own its deliveries any more', () => {
  it('begin nothing that is queued, let go on what is under way, and begin again without being told', async () => {
    let owned = true;
    start({ mayStart: () => owned });
    for (let n = 1; n <= 3; n++) lanes.submit('a', settings, job(`a${n}`, 100));
    owned = false;
    lanes.submit('b', settings, job('b1', 100));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(log).toEqual(['a1', 'a2']);
    expect(lanes.counts()).toMatchObject({ inFlight: 0, queued: 2 });
    owned = true;
    await vi.advanceTimersByTimeAsync(250);
    expect(log.slice(2).toSorted()).toEqual(['a3', 'b1']);
  });
});

describe('lanes of a process that stood still and may not own its deliveries any more', () => {
  it('put none off that waits too long, until it is told that it has them', async () => {
    let owned = true;
    start({ mayStart: () => owned });
    for (let n = 1; n <= 3; n++) lanes.submit('a', settings, job(`a${n}`));
    owned = false;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(deferred).toEqual([]);
    owned = true;
    await vi.advanceTimersByTimeAsync(250);
    expect(deferred).toMatchObject([{ name: 'a3' }]);
  });
});

describe('one lane', () => {
  it('runs no more jobs at a time than its concurrency, in order', async () => {
    start();
    for (let n = 1; n <= 4; n++) lanes.submit('a', settings, job(`a${n}`, 100));
    expect(log).toEqual(['a1', 'a2']);
    await vi.advanceTimersByTimeAsync(100);
    expect(log).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  it('runs first attempts before retries that came earlier', async () => {
    start();
    for (let n = 1; n <= 2; n++) lanes.submit('a', settings, job(`busy${n}`, 100));
    lanes.submit('a', settings, job('retry', 100, { retry: true }));
    lanes.submit('a', settings, job('first', 100));
    await vi.advanceTimersByTimeAsync(100);
    expect(log.slice(2)).toEqual(['first', 'retry']);
  });

  it('defers what exceeds its capacity, at once', () => {
    start();
    for (let n = 0; n < 13; n++) lanes.submit('a', settings, job(`a${n}`));
    expect(log).toHaveLength(2);
    expect(deferred).toMatchObject([{ name: 'a12', deferral: { code: 'ERR_DEFERRED_LANE_FULL' } }]);
  });

  it('defers what holds more bytes than it has room for, at once, and takes a large one alone', async () => {
    start();
    for (let n = 0; n < 2; n++) lanes.submit('a', settings, job(`runs${n}`, 100));
    for (const bytes of [600, 400, 1]) lanes.submit('a', settings, job(`of ${bytes} bytes`, 100, { bytes }));
    expect(deferred).toMatchObject([{ name: 'of 1 bytes', deferral: { code: 'ERR_DEFERRED_LANE_FULL' } }]);
    await vi.advanceTimersByTimeAsync(100);
    lanes.submit('a', settings, job('of 5000 bytes', 100, { bytes: 5_000 }));
    await vi.advanceTimersByTimeAsync(100);
    expect(log.slice(2)).toEqual(['of 600 bytes', 'of 400 bytes', 'of 5000 bytes']);
    expect(deferred).toHaveLength(1);
  });

  it('has room again for the bytes of jobs that were dropped or put off', async () => {
    start();
    for (let n = 0; n < 2; n++) lanes.submit('a', settings, job(`hang${n}`));
    for (const name of ['x', 'y']) lanes.submit('a', settings, job(name, 10, { bytes: 500 }));
    lanes.drop(() => true);
    for (const name of ['x', 'y']) lanes.submit('a', settings, job(name, 10, { bytes: 500 }));
    expect(deferred).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_500);
    expect(deferred.map(({ name }) => name)).toEqual(['x', 'y']);
    for (let n = 0; n < 2; n++) lanes.submit('a', settings, job('z', 10, { bytes: 500 }));
    expect(deferred).toHaveLength(2);
  });

  it('defers what it could not work off soon, judged by the attempt that hangs', async () => {
    start();
    for (let n = 0; n < 2; n++) lanes.submit('a', settings, job(`hang${n}`));
    await vi.advanceTimersByTimeAsync(6_000);
    for (let n = 0; n < 5; n++) lanes.submit('a', settings, job(`next${n}`));
    expect(deferred.map(({ name }) => name)).toEqual(['next2', 'next3', 'next4']);
  });

  it('puts off queued jobs that waited too long', async () => {
    start();
    for (let n = 0; n < 2; n++) lanes.submit('a', settings, job(`hang${n}`));
    lanes.submit('a', settings, job('queued'));
    await vi.advanceTimersByTimeAsync(10_500);
    expect(deferred).toMatchObject([{ name: 'queued', deferral: { code: 'ERR_DEFERRED_LANE_FULL' } }]);
    expect(lanes.counts().queued).toBe(0);
  });

  it('counts jobs that it put off when it says how long another has to wait', () => {
    start({ limits: { capacity: 1, capacityBytes: 1_000, maxWaitMs: 1, breaker: { threshold: 3, openMs: 1_000, maxOpenMs: 8_000 } } });
    for (let n = 0; n < 10; n++) lanes.submit('a', { concurrency: 1, ratePerSecond: null }, job(`a${n}`));
    const waits = deferred.map(({ deferral }) => deferral.afterMs);
    expect(waits).toHaveLength(8);
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    expect(new Set(waits).size).toBe(waits.length);
  });
});

describe('a job that the lane put off and that came back', () => {
  const one: LaneSettings = { concurrency: 1, ratePerSecond: null };

  it('is counted as put off no more, also when the retry budget defers it now', () => {
    const limits = { capacity: 1, capacityBytes: 1_000, maxWaitMs: 1, breaker: { threshold: 3, openMs: 1_000, maxOpenMs: 8_000 } };
    start({ limits, retryBudget: { perSecond: 1, perFirstAttempt: 0 } });
    for (const name of ['runs', 'waits', 'full']) lanes.submit('a', one, job(name));
    const alone = deferred[0]?.deferral.afterMs;
    // Nine of the ten retries that the budget starts with; the lane puts off the last.
    for (let n = 0; n < 9; n++) lanes.submit(`other${n}`, one, job(`retry${n}`, undefined, { retry: true }));
    lanes.submit('a', one, job('retry', undefined, { retry: true, returned: false }));
    lanes.submit('a', one, job('full', undefined, { returned: true }));
    lanes.submit('a', one, job('retry', undefined, { retry: true, returned: true }));
    lanes.submit('a', one, job('full', undefined, { returned: true }));
    expect(deferred.map(({ name, deferral }) => `${name} ${deferral.code}`)).toEqual([
      'full ERR_DEFERRED_LANE_FULL',
      'retry ERR_DEFERRED_LANE_FULL',
      'full ERR_DEFERRED_LANE_FULL',
      'retry ERR_DEFERRED_RETRY_BUDGET',
      'full ERR_DEFERRED_LANE_FULL',
    ]);
    expect(deferred.at(-1)?.deferral.afterMs).toBe(alone);
  });
});

describe('the rate limit', () => {
  it('spreads attempts and puts off what the limit leaves no room for', async () => {
    start();
    for (let n = 0; n < 20; n++) lanes.submit('a', { concurrency: 10, ratePerSecond: 1 }, job(`a${n}`, 1));
    expect(log).toEqual(['a0']);
    expect(deferred.length).toBeGreaterThan(10);
    expect(new Set(deferred.map(({ deferral }) => deferral.code))).toEqual(new Set(['ERR_DEFERRED_RATE_LIMIT']));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(log).toEqual(['a0', 'a1', 'a2', 'a3']);
  });
});

describe('the breaker', () => {
  async function breakIt() {
    for (let n = 0; n < 3; n++) lanes.submit('a', { concurrency: 1, ratePerSecond: null }, job(`bad${n}`, 10, { health: 'unhealthy' }));
    lanes.submit('a', { concurrency: 1, ratePerSecond: null }, job('behind', 10));
    await vi.advanceTimersByTimeAsync(30);
  }

  it('opens after failures in a row and puts off what waits and what comes', async () => {
    start();
    await breakIt();
    lanes.submit('a', settings, job('later', 10));
    expect(log).toEqual(['bad0', 'bad1', 'bad2']);
    expect(deferred).toEqual([
      { name: 'behind', deferral: { code: 'ERR_DEFERRED_BREAKER_OPEN', afterMs: 1_000 } },
      { name: 'later', deferral: { code: 'ERR_DEFERRED_BREAKER_OPEN', afterMs: 1_000 } },
    ]);
    expect(lanes.counts().open).toBe(1);
  });

  it('lets one probe through when its time has passed, and closes when that succeeds', async () => {
    start();
    await breakIt();
    await vi.advanceTimersByTimeAsync(1_000);
    lanes.submit('a', settings, job('probe', 10));
    lanes.submit('a', settings, job('beside', 10));
    expect(log.slice(3)).toEqual(['probe']);
    expect(deferred.at(-1)).toMatchObject({ name: 'beside', deferral: { code: 'ERR_DEFERRED_BREAKER_OPEN' } });
    await vi.advanceTimersByTimeAsync(10);
    for (let n = 0; n < 2; n++) lanes.submit('a', settings, job(`after${n}`, 10));
    await vi.advanceTimersByTimeAsync(10);
    expect(log.slice(4)).toEqual(['after0', 'after1']);
  });

  it('stays open twice as long each time the probe fails, up to its bound', async () => {
    start();
    await breakIt();
    const waits: number[] = [];
    for (let n = 0; n < 5; n++) {
      await vi.advanceTimersByTimeAsync(waits.at(-1) ?? 1_000);
      lanes.submit('a', settings, job('probe', 10, { health: 'unhealthy' }));
      await vi.advanceTimersByTimeAsync(10);
      lanes.submit('a', settings, job('next', 10));
      waits.push(deferred.at(-1)?.deferral.afterMs ?? 0);
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 8_000, 8_000]);
  });

  it('leaves other lanes alone', async () => {
    start();
    await breakIt();
    lanes.submit('b', settings, job('b', 10));
    expect(log.at(-1)).toBe('b');
  });
});

describe('what lanes share', () => {
  it('never runs more than the process allows, and lanes take turns', async () => {
    start({ maxInFlight: 8 });
    for (const name of ['a', 'b', 'c']) for (let n = 1; n <= 3; n++) lanes.submit(name, settings, job(`${name}${n}`, 100));
    expect(log).toEqual(['a1', 'a2', 'b1', 'b2', 'c1']);
    await vi.advanceTimersByTimeAsync(100);
    expect(log.slice(5)).toEqual(['c2', 'a3', 'b3', 'c3']);
  });

  it('leaves slots for others when endpoints that never answered get a burst each', async () => {
    start({ maxInFlight: 40 });
    for (let endpoint = 0; endpoint < 5; endpoint++) {
      for (let n = 0; n < 10; n++) lanes.submit(`hangs${endpoint}`, { concurrency: 10, ratePerSecond: null }, job('hangs', 10_000));
    }
    for (let n = 0; n < 3; n++) lanes.submit('quick', settings, job(`quick${n}`, 10));
    expect(log.at(-1)).toBe('quick0');
    await vi.advanceTimersByTimeAsync(10);
    expect(log.slice(-2)).toEqual(['quick1', 'quick2']);
  });

  it('leaves slots to an endpoint that answers fast, however many begin to hang', async () => {
    start({ maxInFlight: 40 });
    lanes.submit('quick', settings, job('quick', 10));
    await vi.advanceTimersByTimeAsync(10);
    for (let endpoint = 0; endpoint < 100; endpoint++) {
      for (let n = 0; n < 10; n++) lanes.submit(`hangs${endpoint}`, { concurrency: 10, ratePerSecond: null }, job('hangs', 10_000));
    }
    for (let round = 0; round < 20; round++) {
      lanes.submit('quick', settings, job(`quick${round}`, 100));
      expect(log.at(-1)).toBe(`quick${round}`);
      await vi.advanceTimersByTimeAsync(500);
    }
  });

  it('counts an endpoint as slow while its attempt takes long, fast as it was before', async () => {
    start({ maxInFlight: 40 });
    const names = Array.from({ length: 8 }, (_, n) => `was-quick${n}`);
    const burst = (count: number) => {
      for (const name of names) for (let n = 0; n < count; n++) lanes.submit(name, { ...settings, concurrency: 10 }, job('hangs', 10_000));
    };
    for (const name of names) lanes.submit(name, { ...settings, concurrency: 10 }, job('proof', 10));
    await vi.advanceTimersByTimeAsync(10);
    burst(3);
    await vi.advanceTimersByTimeAsync(201);
    burst(7);
    expect(log.filter((name) => name === 'hangs')).toHaveLength(24);
    lanes.submit('other', settings, job('other', 10));
    expect(log.at(-1)).toBe('other');
  });

  it('gives the lanes of one origin half of the slots at most, and a quarter while they do not answer', async () => {
    start({ maxInFlight: 40 });
    const wide = (origin: string) => ({ concurrency: 100, ratePerSecond: null, origin });
    for (let lane = 0; lane < 2; lane++) for (let n = 0; n < 10; n++) lanes.submit(`one${lane}`, wide('one'), job('one', 10_000));
    expect(log).toHaveLength(11);
    for (let lane = 2; lane < 20; lane++) for (let n = 0; n < 10; n++) lanes.submit(`one${lane}`, wide('one'), job('one', 10_000));
    expect(log).toHaveLength(15);
    lanes.submit('other', wide('other'), job('other', 10));
    expect(log.at(-1)).toBe('other');

    start({ maxInFlight: 40 });
    for (const name of ['x', 'y']) lanes.submit(name, wide('quick'), job('proof', 10));
    await vi.advanceTimersByTimeAsync(10);
    log = [];
    for (const name of ['x', 'y']) for (let n = 0; n < 20; n++) lanes.submit(name, wide('quick'), job('quick', 10));
    expect(log.length).toBeLessThanOrEqual(20);
  });

  it('keeps slots for others when slow endpoints would take all', async () => {
    start({ maxInFlight: 4 });
    for (const name of ['slow1', 'slow2', 'slow3'])
      for (let n = 0; n < 3; n++) lanes.submit(name, { concurrency: 1, ratePerSecond: null }, job(name, 2_000));
    await vi.advanceTimersByTimeAsync(2_500);
    lanes.submit('quick', settings, job('quick', 10));
    expect(log.at(-1)).toBe('quick');
    expect(log.filter((name) => name.startsWith('slow')).length).toBe(5);
  });

  it('puts off retries beyond the budget and never a first attempt', () => {
    start({ retryBudget: { perSecond: 0.2, perFirstAttempt: 0.2 } });
    for (let n = 0; n < 3; n++) lanes.submit(`r${n}`, settings, job(`retry${n}`, 10, { retry: true }));
    lanes.submit('f', settings, job('first', 10));
    expect(log).toEqual(['retry0', 'retry1', 'first']);
    expect(deferred).toMatchObject([{ name: 'retry2', deferral: { code: 'ERR_DEFERRED_RETRY_BUDGET' } }]);
  });

  it('drops queued jobs on demand without deferring them', () => {
    start();
    const jobs = Array.from({ length: 5 }, (_, n) => job(`a${n}`));
    for (const one of jobs) lanes.submit('a', settings, one);
    expect(lanes.drop((one) => one === jobs[3])).toEqual([jobs[3]]);
    expect(lanes.counts()).toMatchObject({ inFlight: 2, queued: 2 });
    expect(deferred).toEqual([]);
  });

  it('stops when what is in flight has ended and starts nothing more', async () => {
    start();
    for (let n = 0; n < 3; n++) lanes.submit('a', settings, job(`a${n}`, 100));
    let stopped = false;
    void lanes.stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(99);
    expect(stopped).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(stopped).toBe(true);
    expect(log).toEqual(['a0', 'a1']);
  });
});
