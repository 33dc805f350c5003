import { createTokenBucket } from '@switchboard/runtime';
import { createExpiry } from './expiry.ts';
import type { Job } from './job.ts';
import { createFlowSizes } from './job-queue.ts';
import { createLane, type JobKind, type Lane, type LaneLimits, type LaneSettings, patienceMs } from './lane.ts';
import { type Contender, createScheduler, type Start } from './scheduler.ts';

export interface LanesOptions {
  readonly limits: LaneLimits;
  /** Most attempts at a time in the process. */
  readonly maxInFlight: number;
  /** Retries a second that are always allowed, and how many more for each first attempt. */
  readonly retryBudget: { readonly perSecond: number; readonly perFirstAttempt: number };
  /** Most attempts that begin in one turn of the event loop. Default 16. */
  readonly startsPerTurn?: number;
  /** While it is false queued jobs wait, and none is put off; asked at least as often as lanes are swept. */
  readonly mayStart?: () => boolean;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
}

/**
 * All endpoints' lanes and the slots they share. First attempts go before retries, flows take turns, and the lanes of a flow do. So an
 * event with 10,000 deliveries delays the deliveries of other flows by one start for each flow that waits, and not by 10,000.
 */
export interface Lanes<J extends Job> {
  /** Queues a job in the lane of that name, or defers it at once. A lane keeps the settings that it began with. */
  submit(name: string, settings: LaneSettings, job: J): void;
  /** Removes queued jobs without deferring them. */
  drop(predicate: (job: J) => boolean): readonly J[];
  counts(): { readonly inFlight: number; readonly queued: number; readonly lanes: number; readonly open: number };
  /** Starts nothing more. Resolves when nothing is in flight; queued jobs stay. */
  stop(): Promise<void>;
}

interface Entry<J extends Job> extends Contender {
  readonly lane: Lane<J>;
  usedAt: number;
  timer: NodeJS.Timeout | undefined;
}

const KINDS: readonly JobKind[] = ['first', 'retry'];
const SWEEP_MS = 250;
const FORGET_MS = 600_000;
/** All lanes are looked at for that: seldom. */
const FORGET_EVERY_MS = 60_000;
/**
 * An attempt takes some 0.3 ms of the CPU. Of hundreds that begin together hundreds end together, again and again, and all else in the
 * process, as the fan-out of other events, gets a turn of the event loop in between only.
 */
const STARTS_PER_TURN = 16;

export function createLanes<J extends Job>(options: LanesOptions): Lanes<J> {
  const { limits, maxInFlight, retryBudget, startsPerTurn = STARTS_PER_TURN, mayStart = () => true, now } = options;
  const entries = new Map<string, Entry<J>>();
  const flowSizes = { first: createFlowSizes(), retry: createFlowSizes() };
  const scheduler = createScheduler<Entry<J>>(maxInFlight);
  const budget = createTokenBucket({ perSecond: retryBudget.perSecond, size: Math.max(1, retryBudget.perSecond * 10) }, now());
  const expiry = createExpiry<Entry<J>>(patienceMs(limits));
  /** Lanes with queued jobs whose breaker is not closed: those are deferred without waiting for long. */
  const broken = new Set<Entry<J>>();
  let forgotAt = now();
  let startsLeft = startsPerTurn;
  let nextTurn: NodeJS.Immediate | undefined;
  let stopped = false;
  let idle: (() => void) | undefined;

  /** Puts a lane where it belongs after anything about it changed. */
  const place = (entry: Entry<J>, at: number) => {
    const { lane } = entry;
    for (const kind of KINDS) {
      const flow = lane.ready(kind, at) ? lane.flow(kind) : undefined;
      if (flow === undefined) scheduler.withdraw(entry, kind, at);
      else scheduler.wait(entry, kind, flow, at);
    }
    if (lane.queued > 0 && lane.breakerState(at) !== 'closed') broken.add(entry);
    else broken.delete(entry);
    const wakeAfterMs = lane.wakeAfterMs(at);
    if (wakeAfterMs === undefined || entry.timer !== undefined || stopped) return;
    entry.timer = setTimeout(() => {
      entry.timer = undefined;
      place(entry, now());
      pump();
    }, wakeAfterMs);
  };

  /** As `place`, where jobs left without a start: the lane may have none of the flows any more in which it waits. */
  const placeAgain = (entry: Entry<J>, at: number) => {
    for (const kind of KINDS) scheduler.withdraw(entry, kind, at);
    place(entry, at);
  };

  const expire = (entry: Entry<J>, at: number) => {
    // What is queued is deferred by its owner alone: another process may have brought it to its end.
    const expired = mayStart() ? entry.lane.expire(at) : [];
    for (const { job, deferral } of expired) job.defer(deferral);
    if (expired.length > 0) placeAgain(entry, at);
    else place(entry, at);
  };

  const start = (turn: Start<Entry<J>>, at: number) => {
    const { contender: entry, kind } = turn;
    const job = entry.lane.start(kind, at);
    if (job === undefined) return placeAgain(entry, at);
    scheduler.started(turn, at);
    void job.run().then((health) => {
      const ended = now();
      entry.usedAt = ended;
      entry.lane.ended(health, at, ended);
      scheduler.ended(entry, ended);
      expire(entry, ended);
      if (stopped && scheduler.inFlight === 0) idle?.();
      pump();
    });
    place(entry, at);
  };

  const pump = () => {
    const at = now();
    while (!stopped && startsLeft > 0 && mayStart()) {
      const turn = scheduler.next(at);
      if (turn === undefined) return;
      startsLeft--;
      nextTurn ??= setImmediate(() => {
        nextTurn = undefined;
        startsLeft = startsPerTurn;
        pump();
      });
      start(turn, at);
    }
  };

  const forget = (at: number) => {
    forgotAt = at;
    for (const [name, { lane, usedAt }] of entries) {
      const isIdle = lane.queued === 0 && lane.inFlight === 0 && lane.breakerState(at) === 'closed';
      if (isIdle && at - usedAt > FORGET_MS) entries.delete(name);
    }
  };

  const sweep = () => {
    const at = now();
    if (mayStart()) {
      for (const entry of [...broken]) expire(entry, at);
      for (const entry of expiry.due(at)) expire(entry, at);
    }
    if (at - forgotAt >= FORGET_EVERY_MS) forget(at);
    pump();
  };
  const sweeper = setInterval(sweep, SWEEP_MS);

  const entryOf = (name: string, settings: LaneSettings, at: number): Entry<J> => {
    const known = entries.get(name);
    if (known !== undefined) {
      known.usedAt = at;
      return known;
    }
    const created: Entry<J> = {
      lane: createLane({ settings, limits, flowSizes }, at),
      origin: settings.origin ?? name,
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
      pump();
      if (entry.lane.queued > 0) expiry.queued(entry, at);
    },
    drop: (predicate) => {
      const at = now();
      const dropped: J[] = [];
      for (const entry of entries.values()) {
        const ofLane = entry.lane.drop(predicate);
        dropped.push(...ofLane);
        if (ofLane.length > 0) placeAgain(entry, at);
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
      return { inFlight: scheduler.inFlight, queued, lanes: entries.size, open };
    },
    stop: () => {
      stopped = true;
      clearInterval(sweeper);
      clearImmediate(nextTurn);
      for (const { timer } of entries.values()) clearTimeout(timer);
      return new Promise((resolve) => {
        idle = resolve;
        if (scheduler.inFlight === 0) resolve();
      });
    },
  };
}
