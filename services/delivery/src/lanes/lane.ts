import { createTokenBucket } from '@switchboard/runtime';
import { AttemptTimes, type Pace } from './attempt-times.ts';
import { type Breaker, type BreakerOptions, createBreaker, type EndpointHealth } from './breaker.ts';
import type { Deferral, DeferralCode, Job } from './job.ts';
import { createJobQueue, type FlowSizes } from './job-queue.ts';

export interface LaneSettings {
  /** Most attempts at a time. */
  readonly concurrency: number;
  /** Most attempts a second; null for no limit. */
  readonly ratePerSecond: number | null;
  /** Where the endpoint is: lanes of one origin share a bound. A lane that names none stands alone. */
  readonly origin?: string;
}

/** First attempts go before retries. */
export type JobKind = 'first' | 'retry';

export interface LaneLimits {
  /** Most jobs that wait in one lane. */
  readonly capacity: number;
  /** Most bytes that they hold together; a job that alone holds more finds room in an empty lane. */
  readonly capacityBytes: number;
  /** Longest wait that a lane accepts a job for, milliseconds. */
  readonly maxWaitMs: number;
  readonly breaker: BreakerOptions;
}

/**
 * The queue of one endpoint. It takes what the endpoint can work off soon, judged by how fast it responds, and defers the
 * rest at once, so that a slow endpoint never fills the windows of the partitions it shares with others.
 */
export interface Lane<J extends Job> {
  /** A job that the lane deferred is back; it may be deferred again, by the lane or by others. */
  back(): void;
  /** Queues the job, or says why not. */
  offer(job: J, now: number): Deferral | undefined;
  /** True when a job of that kind can start now. */
  ready(kind: JobKind, now: number): boolean;
  /** The flow in which the lane waits for a turn for a job of that kind; undefined where no job waits. */
  flow(kind: JobKind): string | undefined;
  /** Takes the next job of that kind; it counts as in flight until `ended`. */
  start(kind: JobKind, now: number): J | undefined;
  ended(health: EndpointHealth, startedAt: number, now: number): void;
  /** Jobs that have waited too long or cannot start for long, with the reason. */
  expire(now: number): readonly { readonly job: J; readonly deferral: Deferral }[];
  /** Removes queued jobs without deferring them. */
  drop(predicate: (job: J) => boolean): readonly J[];
  /** Milliseconds until a queued job may start for reasons of time alone; undefined when time is not what it waits for. */
  wakeAfterMs(now: number): number | undefined;
  /** How fast the endpoint responds: decides which slots the lane may have. */
  pace(now: number): Pace;
  readonly queued: number;
  readonly inFlight: number;
  breakerState(now: number): ReturnType<Breaker['state']>;
}

/** How much longer than the wait it was accepted for a job may wait. */
const PATIENCE = 2;
const NO_JOBS: readonly never[] = [];

/** How long a job may wait in a lane, milliseconds. */
export function patienceMs({ maxWaitMs }: LaneLimits): number {
  return maxWaitMs * PATIENCE;
}

export interface LaneOptions {
  readonly settings: LaneSettings;
  readonly limits: LaneLimits;
  /** Jobs of each flow in all lanes, by kind. */
  readonly flowSizes: Readonly<Record<JobKind, FlowSizes>>;
}

export function createLane<J extends Job>({ settings, limits, flowSizes }: LaneOptions, start: number): Lane<J> {
  const breaker = createBreaker(limits.breaker);
  const queues = { first: createJobQueue<J>(flowSizes.first), retry: createJobQueue<J>(flowSizes.retry) };
  const times = new AttemptTimes();
  const bucket = bucketOf(settings, start);
  /** Jobs deferred and not yet back: they want the same slots. */
  let away = 0;

  const queued = () => queues.first.length + queues.retry.length;

  const offer = (job: J, now: number): Deferral | undefined => {
    const breakerMs = breaker.waitMs(now);
    if (breakerMs > 0) return { code: 'ERR_DEFERRED_BREAKER_OPEN', afterMs: breakerMs };
    const ahead = queued();
    const attemptMs = times.expectedMs(now);
    const jobsPerMs = throughput(settings, attemptMs);
    const bytesFit = ahead === 0 || queues.first.bytes + queues.retry.bytes + job.bytes <= limits.capacityBytes;
    // A lane always takes a little, or an endpoint that was slow once would never be tried again.
    const isSoon = ahead / jobsPerMs <= limits.maxWaitMs || (ahead < settings.concurrency && settings.ratePerSecond === null);
    if (bytesFit && ahead < limits.capacity && isSoon) {
      queues[job.retry ? 'retry' : 'first'].push(job, now);
      return undefined;
    }
    return { code: bytesFit ? shortage(settings, attemptMs) : 'ERR_DEFERRED_LANE_FULL', afterMs: (ahead + away) / jobsPerMs };
  };

  const canStart = (now: number) => times.inFlight < settings.concurrency && breaker.waitMs(now) === 0 && (bucket?.waitMs(now) ?? 0) === 0;

  const deferred = (jobs: readonly J[], deferral: Deferral) => {
    away += jobs.length;
    return jobs.map((job) => ({ job, deferral }));
  };

  /** Removes the jobs queued before a time. They are at the heads: this is asked after every attempt, however long the queues are. */
  const removeBefore = (time: number): J[] => {
    const removed: J[] = [];
    for (const queue of [queues.first, queues.retry]) {
      for (let job = queue.shift(time); job !== undefined; job = queue.shift(time)) removed.push(job);
    }
    return removed;
  };

  return {
    back: () => {
      away = Math.max(0, away - 1);
    },
    offer: (job, now) => {
      const deferral = offer(job, now);
      if (deferral !== undefined) away++;
      return deferral;
    },
    ready: (kind, now) => queues[kind].length > 0 && canStart(now),
    flow: (kind) => queues[kind].smallestFlow(),
    start: (kind, now) => {
      if (queues[kind].length === 0 || !canStart(now)) return undefined;
      bucket?.take(now);
      breaker.started(now);
      times.started(now);
      return queues[kind].shift();
    },
    ended: (health, startedAt, now) => {
      times.ended(startedAt, now);
      breaker.ended(health, now);
    },
    expire: (now) => {
      const breakerMs = breaker.waitMs(now);
      if (breakerMs > 0) return deferred(removeBefore(Number.POSITIVE_INFINITY), { code: 'ERR_DEFERRED_BREAKER_OPEN', afterMs: breakerMs });
      const late = removeBefore(now - patienceMs(limits));
      if (late.length === 0) return NO_JOBS;
      const attemptMs = times.expectedMs(now);
      return deferred(late, { code: shortage(settings, attemptMs), afterMs: queued() / throughput(settings, attemptMs) });
    },
    drop: (predicate) => [...queues.first.remove(predicate), ...queues.retry.remove(predicate)],
    wakeAfterMs: (now) => {
      if (queued() === 0 || times.inFlight >= settings.concurrency || breaker.waitMs(now) > 0) return undefined;
      return bucket?.waitMs(now) || undefined;
    },
    pace: (now) => times.pace(now),
    get queued() {
      return queued();
    },
    get inFlight() {
      return times.inFlight;
    },
    breakerState: breaker.state,
  };
}

/** Attempts a millisecond that a lane can make when each lasts `attemptMs`. */
function throughput({ concurrency, ratePerSecond }: LaneSettings, attemptMs: number): number {
  return Math.min(concurrency / attemptMs, (ratePerSecond ?? Number.POSITIVE_INFINITY) / 1_000);
}

/** What the lane runs short of: the webhook's own limit, or slots. */
function shortage({ concurrency, ratePerSecond }: LaneSettings, attemptMs: number): DeferralCode {
  const isLimited = ratePerSecond !== null && ratePerSecond / 1_000 <= concurrency / attemptMs;
  return isLimited ? 'ERR_DEFERRED_RATE_LIMIT' : 'ERR_DEFERRED_LANE_FULL';
}

function bucketOf({ ratePerSecond }: LaneSettings, now: number) {
  return ratePerSecond === null ? undefined : createTokenBucket({ perSecond: ratePerSecond, size: Math.max(1, ratePerSecond) }, now);
}
