import { createTokenBucket } from '@switchboard/runtime';
import type { Job } from './job.ts';
import { createLane, type Lane, type LaneLimits, type LaneSettings } from './lane.ts';
import { createSlots, type Slots } from './slots.ts';

export interface LanesOptions {
  readonly limits: LaneLimits;
  /** Most attempts at a time in the process. */
  readonly maxInFlight: number;
  /** Retries a second that are always allowed, and how many more for each first attempt. */
  readonly retryBudget: { readonly perSecond: number; readonly perFirstAttempt: number };
  /** While it is false queued jobs wait, and none is put off; asked at least as often as lanes are swept. */
  readonly mayStart?: () => boolean;
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

/** What the lanes of one origin share. */
interface Origin {
  readonly name: string;
  readonly slots: Slots;
  lanes: number;
}

interface Entry<J extends Job> {
  readonly lane: Lane<J>;
  readonly origin: Origin;
  usedAt: number;
  timer: NodeJS.Timeout | undefined;
}

type Kind = 'first' | 'retry';

const SWEEP_MS = 250;
const FORGET_MS = 600_000;
/** Share of all slots that the lanes of one origin may hold together. */
const ORIGIN_SHARE = 0.5;

export function createLanes<J extends Job>({ limits, maxInFlight, retryBudget, mayStart = () => true, now }: LanesOptions): Lanes<J> {
  const entries = new Map<string, Entry<J>>();
  /** Lanes that may start a job of that kind, in turn. */
  const turns: Record<Kind, Set<Entry<J>>> = { first: new Set(), retry: new Set() };
  const budget = createTokenBucket({ perSecond: retryBudget.perSecond, size: Math.max(1, retryBudget.perSecond * 10) }, now());
  const slots = createSlots(maxInFlight);
  const origins = new Map<string, Origin>();
  let inFlight = 0;
  let stopped = false;
  let idle: (() => void) | undefined;

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
    // What is queued is put off by its owner alone: another process may have brought it to its end.
    if (mayStart()) for (const { job, deferral } of entry.lane.expire(at)) job.defer(deferral);
    place(entry, at);
  };

  const next = (kind: Kind, at: number): Entry<J> | undefined => {
    for (const entry of turns[kind]) {
      if (slots.admits(entry.lane, at) && entry.origin.slots.admits(entry.lane, at)) return entry;
    }
    return undefined;
  };

  const start = (entry: Entry<J>, kind: Kind, at: number) => {
    turns[kind].delete(entry);
    const job = entry.lane.start(kind, at);
    if (job !== undefined) {
      inFlight++;
      for (const shared of [slots, entry.origin.slots]) shared.started(entry.lane, at);
      void job.run().then((health) => {
        inFlight--;
        const ended = now();
        entry.usedAt = ended;
        entry.lane.ended(health, at, ended);
        for (const shared of [slots, entry.origin.slots]) shared.ended(entry.lane);
        expire(entry, ended);
        if (stopped && inFlight === 0) idle?.();
        pump();
      });
    }
    place(entry, at);
  };

  const pump = () => {
    const at = now();
    while (!stopped && inFlight < maxInFlight && mayStart()) {
      const first = next('first', at);
      const entry = first ?? next('retry', at);
      if (entry === undefined) return;
      start(entry, first === undefined ? 'retry' : 'first', at);
    }
  };

  const forget = (name: string, { origin }: Entry<J>) => {
    entries.delete(name);
    origin.lanes--;
    if (origin.lanes === 0) origins.delete(origin.name);
  };

  const sweep = () => {
    const at = now();
    for (const [name, entry] of entries) {
      const { lane } = entry;
      if (lane.queued > 0) expire(entry, at);
      else if (lane.inFlight === 0 && lane.breakerState(at) === 'closed' && at - entry.usedAt > FORGET_MS) forget(name, entry);
    }
    pump();
  };
  const sweeper = setInterval(sweep, SWEEP_MS);

  const originOf = (name: string): Origin => {
    const origin = origins.get(name) ?? { name, slots: createSlots(Math.max(1, Math.floor(maxInFlight * ORIGIN_SHARE))), lanes: 0 };
    origins.set(name, origin);
    origin.lanes++;
    return origin;
  };

  const entryOf = (name: string, settings: LaneSettings, at: number): Entry<J> => {
    const known = entries.get(name);
    if (known !== undefined) {
      known.usedAt = at;
      return known;
    }
    const created: Entry<J> = {
      lane: createLane(settings, limits, at),
      origin: originOf(settings.origin ?? name),
      usedAt: at,
      timer: undefined,
    };
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
