import { createTokenBucket } from '@switchboard/runtime';
import { type Breaker, type BreakerOptions, createBreaker, type EndpointHealth } from './breaker.ts';
import type { Deferral, Job } from './job.ts';
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
 * The queue of one endpoint. It takes what the endpoint can work off soon, judged by how fast it answers, and puts off
 * the rest at once, so that a slow endpoint never fills the windows of the partitions it shares with others.
 */
export interface Lane<J extends Job> {
  /** A job that the lane put off is back; it may be put off again, by the lane or by others. */
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
  /** How fast the endpoint answers: decides which slots the lane may have. */
  pace(now: number): Pace;
  readonly queued: number;
  readonly inFlight: number;
  breakerState(now: number): ReturnType<Breaker['state']>;
}

/** Quick: answered fast, and a moment ago. Slow: takes long, or has something in flight that does. Unproven: neither is known. */
export type Pace = 'quick' | 'slow' | 'unproven';

/** What an attempt is taken to last before the first one ended. */
const FIRST_ESTIMATE_MS = 50;
/** Attempts that last longer make a lane slow. */
const SLOW_MS = 200;
/** How long an answer tells that the endpoint is well. */
const PROOF_MS = 1_000;
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
  const startedAt = new Map<number, number>();
  const bucket = bucketOf(settings, start);
  let latencyMs: number | undefined;
  let endedAt = Number.NEGATIVE_INFINITY;
  let inFlight = 0;
  let queuedBytes = 0;
  /** Jobs put off and not yet back: they want the same slots. */
  let putOff = 0;

  const queued = () => queues.first.length + queues.retry.length;

  /** How long an attempt lasts: what the last ones did, or what the oldest one in flight has taken by now. */
  const attemptMs = (now: number) => {
    const [oldest] = startedAt.keys();
    return Math.max(latencyMs ?? FIRST_ESTIMATE_MS, oldest === undefined ? 0 : now - oldest, 1);
  };
  const jobsPerMs = (now: number) => {
    const bySlots = settings.concurrency / attemptMs(now);
    return settings.ratePerSecond === null ? bySlots : Math.min(bySlots, settings.ratePerSecond / 1_000);
  };

  /** What the lane runs short of: the webhook's own limit, or slots. */
  const shortage = (now: number) => {
    const limited = settings.ratePerSecond !== null && settings.ratePerSecond / 1_000 <= settings.concurrency / attemptMs(now);
    return limited ? 'ERR_DEFERRED_RATE_LIMIT' : 'ERR_DEFERRED_LANE_FULL';
  };

  const offer = (job: J, now: number): Deferral | undefined => {
    const breakerMs = breaker.waitMs(now);
    if (breakerMs > 0) return { code: 'ERR_DEFERRED_BREAKER_OPEN', afterMs: breakerMs };
    const ahead = queued();
    if (ahead > 0 && queuedBytes + job.bytes > limits.capacityBytes) {
      return { code: 'ERR_DEFERRED_LANE_FULL', afterMs: (ahead + putOff) / jobsPerMs(now) };
    }
    const waitMs = ahead / jobsPerMs(now);
    // A lane always takes a little, or an endpoint that was slow once would never be tried again.
    const fits =
      ahead < limits.capacity && (waitMs <= limits.maxWaitMs || (ahead < settings.concurrency && settings.ratePerSecond === null));
    if (fits) {
      queues[job.retry ? 'retry' : 'first'].push(job, now);
      queuedBytes += job.bytes;
      return undefined;
    }
    return { code: shortage(now), afterMs: (ahead + putOff) / jobsPerMs(now) };
  };

  const canStart = (now: number) => inFlight < settings.concurrency && breaker.waitMs(now) === 0 && (bucket?.waitMs(now) ?? 0) === 0;

  const remove = (predicate: (job: J) => boolean) => {
    const removed = [...queues.first.remove(predicate), ...queues.retry.remove(predicate)];
    for (const { bytes } of removed) queuedBytes -= bytes;
    return removed;
  };

  const deferred = (jobs: readonly J[], deferral: Deferral) => {
    putOff += jobs.length;
    return jobs.map((job) => ({ job, deferral }));
  };

  /** Removes the jobs queued before a time. They are at the heads: this is asked after every attempt, however long the queues are. */
  const removeBefore = (time: number): J[] => {
    const removed: J[] = [];
    for (const queue of [queues.first, queues.retry]) {
      for (let head = queue.peek(); head !== undefined && head.since < time; head = queue.peek()) {
        queue.shift();
        queuedBytes -= head.job.bytes;
        removed.push(head.job);
      }
    }
    return removed;
  };

  return {
    back: () => {
      putOff = Math.max(0, putOff - 1);
    },
    offer: (job, now) => {
      const deferral = offer(job, now);
      if (deferral !== undefined) putOff++;
      return deferral;
    },
    ready: (kind, now) => queues[kind].length > 0 && canStart(now),
    flow: (kind) => queues[kind].smallestFlow(),
    start: (kind, now) => {
      if (queues[kind].length === 0 || !canStart(now)) return undefined;
      bucket?.take(now);
      breaker.started(now);
      inFlight++;
      startedAt.set(now, (startedAt.get(now) ?? 0) + 1);
      const job = queues[kind].shift();
      queuedBytes -= job?.bytes ?? 0;
      return job;
    },
    ended: (health, began, now) => {
      inFlight--;
      const sameStart = (startedAt.get(began) ?? 1) - 1;
      if (sameStart > 0) startedAt.set(began, sameStart);
      else startedAt.delete(began);
      latencyMs = latencyMs === undefined ? now - began : latencyMs + (now - began - latencyMs) / 8;
      endedAt = now;
      breaker.ended(health, now);
    },
    expire: (now) => {
      const breakerMs = breaker.waitMs(now);
      if (breakerMs > 0) return deferred(removeBefore(Number.POSITIVE_INFINITY), { code: 'ERR_DEFERRED_BREAKER_OPEN', afterMs: breakerMs });
      const late = removeBefore(now - patienceMs(limits));
      return late.length === 0 ? NO_JOBS : deferred(late, { code: shortage(now), afterMs: queued() / jobsPerMs(now) });
    },
    drop: remove,
    wakeAfterMs: (now) => {
      if (queued() === 0 || inFlight >= settings.concurrency || breaker.waitMs(now) > 0) return undefined;
      return bucket?.waitMs(now) || undefined;
    },
    pace: (now) => {
      if (attemptMs(now) > SLOW_MS) return 'slow';
      return now - endedAt <= PROOF_MS ? 'quick' : 'unproven';
    },
    get queued() {
      return queued();
    },
    get inFlight() {
      return inFlight;
    },
    breakerState: breaker.state,
  };
}

function bucketOf({ ratePerSecond }: LaneSettings, now: number) {
  return ratePerSecond === null ? undefined : createTokenBucket({ perSecond: ratePerSecond, size: Math.max(1, ratePerSecond) }, now);
}
