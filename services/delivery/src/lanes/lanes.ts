import { createTokenBucket } from '@switchboard/runtime';
import { createExpiry } from './expiry.ts';
import type { Job } from './job.ts';
import { createFlowSizes } from './job-queue.ts';
import { createLane, type LaneLimits, type LaneSettings, patienceMs } from './lane.ts';
import { createLaneRunner, type LaneEntry, type LaneRunnerOptions } from './lane-runner.ts';

export interface LanesOptions extends LaneRunnerOptions {
  readonly limits: LaneLimits;
  /** Retries a second that are always allowed, and how many more for each first attempt. */
  readonly retryBudget: { readonly perSecond: number; readonly perFirstAttempt: number };
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

const SWEEP_MS = 250;
const FORGET_MS = 600_000;
/** All lanes are looked at for that: seldom. */
const FORGET_EVERY_MS = 60_000;

export function createLanes<J extends Job>(options: LanesOptions): Lanes<J> {
  const { limits, retryBudget, mayStart = () => true, now } = options;
  const entries = new Map<string, LaneEntry<J>>();
  const flowSizes = { first: createFlowSizes(), retry: createFlowSizes() };
  const runner = createLaneRunner<J>(options);
  const budget = createTokenBucket({ perSecond: retryBudget.perSecond, size: Math.max(1, retryBudget.perSecond * 10) }, now());
  const expiry = createExpiry<LaneEntry<J>>(patienceMs(limits));
  let forgotAt = now();

  const forget = (at: number) => {
    forgotAt = at;
    for (const [name, { lane, usedAt }] of entries) {
      const isIdle = lane.queued === 0 && lane.inFlight === 0 && lane.breakerState(at) === 'closed';
      if (isIdle && at - usedAt > FORGET_MS) entries.delete(name);
    }
  };

  const sweeper = setInterval(() => {
    const at = now();
    if (mayStart()) {
      for (const entry of [...runner.broken]) runner.expire(entry, at);
      for (const entry of expiry.due(at)) runner.expire(entry, at);
    }
    if (at - forgotAt >= FORGET_EVERY_MS) forget(at);
    runner.pump();
  }, SWEEP_MS);

  const entryOf = (name: string, settings: LaneSettings, at: number): LaneEntry<J> => {
    let entry = entries.get(name);
    if (entry === undefined) {
      entry = { lane: createLane({ settings, limits, flowSizes }, at), origin: settings.origin ?? name, usedAt: at, timer: undefined };
      entries.set(name, entry);
    }
    entry.usedAt = at;
    return entry;
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
      runner.place(entry, at);
      runner.pump();
      if (entry.lane.queued > 0) expiry.queued(entry, at);
    },
    drop: (predicate) => {
      const at = now();
      const dropped: J[] = [];
      for (const entry of entries.values()) {
        const ofLane = entry.lane.drop(predicate);
        dropped.push(...ofLane);
        if (ofLane.length > 0) runner.placeAgain(entry, at);
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
      return { inFlight: runner.inFlight, queued, lanes: entries.size, open };
    },
    stop: () => {
      clearInterval(sweeper);
      for (const { timer } of entries.values()) clearTimeout(timer);
      return runner.stop();
    },
  };
}
