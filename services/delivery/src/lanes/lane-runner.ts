import type { Job } from './job.ts';
import type { JobKind, Lane } from './lane.ts';
import { type Contender, createScheduler, type Start } from './scheduler.ts';

/** A lane and what the process remembers of it. */
export interface LaneEntry<J extends Job> extends Contender {
  readonly lane: Lane<J>;
  /** When a job was submitted last, or ended. */
  usedAt: number;
  /** Runs while time alone keeps the lane from a start. */
  timer: NodeJS.Timeout | undefined;
}

export interface LaneRunnerOptions {
  /** Most attempts at a time in the process. */
  readonly maxInFlight: number;
  /** Most attempts that begin in one turn of the event loop. Default 16. */
  readonly startsPerTurn?: number;
  /** While it is false queued jobs wait, and none is deferred; asked at least as often as lanes are swept. */
  readonly mayStart?: () => boolean;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
}

const KINDS: readonly JobKind[] = ['first', 'retry'];
/**
 * An attempt takes some 0.3 ms of the CPU. Of hundreds that begin together hundreds end together, again and again, and all else in the
 * process, as the fan-out of other events, gets a turn of the event loop in between only.
 */
const STARTS_PER_TURN = 16;

/** Starts the queued jobs of lanes, as far as the slots that they share admit it, and defers those that wait for too long. */
export function createLaneRunner<J extends Job>(options: LaneRunnerOptions) {
  const { maxInFlight, startsPerTurn = STARTS_PER_TURN, mayStart = () => true, now } = options;
  const scheduler = createScheduler<LaneEntry<J>>(maxInFlight);
  /** Lanes with queued jobs whose breaker is not closed: those are deferred without waiting for long. */
  const broken = new Set<LaneEntry<J>>();
  const idle = Promise.withResolvers<void>();
  let startsLeft = startsPerTurn;
  let nextTurn: NodeJS.Immediate | undefined;
  let stopped = false;

  /** Puts a lane where it belongs after anything about it changed. */
  const place = (entry: LaneEntry<J>, at: number) => {
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
  const placeAgain = (entry: LaneEntry<J>, at: number) => {
    for (const kind of KINDS) scheduler.withdraw(entry, kind, at);
    place(entry, at);
  };

  /** Defers the jobs of a lane that waited for too long or cannot start for long, and places it. */
  const expire = (entry: LaneEntry<J>, at: number) => {
    // What is queued is deferred by its owner alone: another process may have brought it to its end.
    const expired = mayStart() ? entry.lane.expire(at) : [];
    for (const { job, deferral } of expired) job.defer(deferral);
    if (expired.length > 0) placeAgain(entry, at);
    else place(entry, at);
  };

  const start = (turn: Start<LaneEntry<J>>, at: number) => {
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
      if (stopped && scheduler.inFlight === 0) idle.resolve();
      pump();
    });
    place(entry, at);
  };

  /** Starts what may start in this turn of the event loop; the next one continues. */
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

  return {
    place,
    placeAgain,
    expire,
    pump,
    broken,
    get inFlight() {
      return scheduler.inFlight;
    },
    /** Starts nothing more. Resolves when nothing is in flight; queued jobs stay. */
    stop: () => {
      stopped = true;
      clearImmediate(nextTurn);
      if (scheduler.inFlight === 0) idle.resolve();
      return idle.promise;
    },
  };
}
