import type { Job } from './job.ts';
import { createLane, type Lane, type LaneLimits, type LaneSettings } from './lane.ts';
import { createTokenBucket } from './token-bucket.ts';

export interface LanesOptions {
  readonly limits: LaneLimits;
  /** Most attempts at a time in the process. */
  readonly maxInFlight: number;
  /** Retries a second that are always allowed, and how many more for each first attempt. */
  readonly retryBudget: { readonly perSecond: number; readonly perFirstAttempt: number };
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
}

/** All endpoints' lanes and the slots they share. First attempts go before retries, lanes take turns. */
export interface Lanes<J extends Job> {
  /** Queues a job in the lane of that name, or defers it at once. A lane keeps the settings that it began with. */
  submit(name: string, settings: LaneSettings, job: J): void;
  /** Removes queued jobs without deferring them. */
  drop(predicate: (job: J) => boolean): readonly J[];
  counts(): { readonly inFlight: number; readonly queued: number; readonly lanes: number; readonly open: number };
  /** Starts nothing more. Resolves when nothing is in flight; queued jobs stay. */
  stop(): Promise<void>;
}

interface Entry<J extends Job> {
  readonly lane: Lane<J>;
  usedAt: number;
  timer: NodeJS.Timeout | undefined;
}

type Kind = 'first' | 'retry';

const SWEEP_MS = 250;
const FORGET_MS = 600_000;
/** Share of all slots that endpoints which take long may hold together. */
const SLOW_SHARE = 0.5;

export function createLanes<J extends Job>({ limits, maxInFlight, retryBudget, now }: LanesOptions): Lanes<J> {
  const entries = new Map<string, Entry<J>>();
  /** Lanes that may start a job of that kind, in turn. */
  const turns: Record<Kind, Set<Entry<J>>> = { first: new Set(), retry: new Set() };
  const budget = createTokenBucket({ perSecond: retryBudget.perSecond, size: Math.max(1, retryBudget.perSecond * 10) }, now());
  const maxSlow = Math.max(1, Math.floor(maxInFlight * SLOW_SHARE));
  let inFlight = 0;
  let stopped = false;
  let idle: (() => void) | undefined;

  const slowInFlight = (at: number) => {
    let count = 0;
    for (const { lane } of entries.values()) if (lane.inFlight > 0 && lane.slow(at)) count += lane.inFlight;
    return count;
  };

  /** Puts a lane where it belongs after anything about it changed. */
  const place = (entry: Entry<J>, at: number) => {
    for (const kind of ['first', 'retry'] as const) {
      if (entry.lane.ready(kind, at)) turns[kind].add(entry);
      else turns[kind].delete(entry);
    }
    const wakeAfterMs = entry.lane.wakeAfterMs(at);
    if (wakeAfterMs === undefined || entry.timer !== undefined || stopped) return;
    entry.timer = setTimeout(() => {
      entry.timer = undefined;
      place(entry, now());
      pump();
    }, wakeAfterMs);
  };

  const expire = (entry: Entry<J>, at: number) => {
    for (const { job, deferral } of entry.lane.expire(at)) job.defer(deferral);
    place(entry, at);
  };

  const next = (kind: Kind, slowFull: boolean, at: number): Entry<J> | undefined => {
    for (const entry of turns[kind]) {
      if (slowFull && entry.lane.slow(at)) continue;
      return entry;
    }
    return undefined;
  };

  const start = (entry: Entry<J>, kind: Kind, at: number) => {
    turns[kind].delete(entry);
    const job = entry.lane.start(kind, at);
    if (job !== undefined) {
      inFlight++;
      void job.run().then((health) => {
        inFlight--;
        const ended = now();
        entry.usedAt = ended;
        entry.lane.ended(health, at, ended);
        expire(entry, ended);
        if (stopped && inFlight === 0) idle?.();
        pump();
      });
    }
    place(entry, at);
  };

  const pump = () => {
    const at = now();
    // Counting is only worth its time once slow endpoints could hold their whole share.
    let slow: number | undefined;
    while (!stopped && inFlight < maxInFlight) {
      if (slow === undefined && inFlight >= maxSlow) slow = slowInFlight(at);
      const slowFull = slow !== undefined && slow >= maxSlow;
      const first = next('first', slowFull, at);
      const entry = first ?? next('retry', slowFull, at);
      if (entry === undefined) return;
      if (slow !== undefined && entry.lane.slow(at)) slow++;
      start(entry, first === undefined ? 'retry' : 'first', at);
    }
  };

  const sweep = () => {
    const at = now();
    for (const [name, entry] of entries) {
      const { lane } = entry;
      if (lane.queued > 0) expire(entry, at);
      else if (lane.inFlight === 0 && lane.breakerState(at) === 'closed' && at - entry.usedAt > FORGET_MS) entries.delete(name);
    }
    pump();
  };
  const sweeper = setInterval(sweep, SWEEP_MS);

  const entryOf = (name: string, settings: LaneSettings, at: number): Entry<J> => {
    const known = entries.get(name);
    if (known !== undefined) {
      known.usedAt = at;
      return known;
    }
    const created: Entry<J> = { lane: createLane(settings, limits, at), usedAt: at, timer: undefined };
    entries.set(name, created);
    return created;
  };

  return {
    submit: (name, settings, job) => {
      const at = now();
      const entry = entryOf(name, settings, at);
      if (job.returned) entry.lane.back();
      if (!job.retry) budget.add(retryBudget.perFirstAttempt, at);
      else if (!budget.take(at)) return job.defer({ code: 'ERR_DEFERRED_RETRY_BUDGET', afterMs: budget.waitMs(at) });
      const deferral = entry.lane.offer(job, at);
      if (deferral !== undefined) return job.defer(deferral);
      place(entry, at);
      return pump();
    },
    drop: (predicate) => {
      const at = now();
      const dropped: J[] = [];
      for (const entry of entries.values()) {
        dropped.push(...entry.lane.drop(predicate));
        place(entry, at);
      }
      return dropped;
    },
    counts: () => {
      const at = now();
      let queued = 0;
      let open = 0;
      for (const { lane } of entries.values()) {
        queued += lane.queued;
        if (lane.breakerState(at) !== 'closed') open++;
      }
      return { inFlight, queued, lanes: entries.size, open };
    },
    stop: () => {
      stopped = true;
      clearInterval(sweeper);
      for (const { timer } of entries.values()) clearTimeout(timer);
      return new Promise((resolve) => {
        idle = resolve;
        if (inFlight === 0) resolve();
      });
    },
  };
}
