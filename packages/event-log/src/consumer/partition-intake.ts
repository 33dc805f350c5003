import type { Clock } from '../clock.ts';
import type { ConsumerOptions, LogRecord, TopicPartition } from '../log.ts';
import type { DoneRun } from './commit-metadata.ts';
import { maxSpan } from './commit-metadata.ts';
import { createOffsetTracker } from './offset-tracker.ts';

/** What a commit of one partition writes. */
export interface Commit extends TopicPartition {
  readonly offset: bigint;
  readonly doneRuns: readonly DoneRun[];
  readonly version: number;
}

/** The records of one owned partition on their way to the handler: order, window, due times, and what may be committed. */
export interface PartitionIntake extends TopicPartition {
  /** The next offset wanted. */
  next(): bigint;
  /** Handed over and not finished. */
  open(): number;
  /** True while the window is full or the next record is not due: nothing more is taken. */
  holding(): boolean;
  /** Hands records over in order until one must wait; true when all were taken. Offsets handed over before are dropped. */
  offer(records: Iterable<LogRecord>): boolean;
  /** No record stands below `offset` but those offered. */
  skipTo(offset: bigint): void;
  /** What is new since the last `committed`, if anything. */
  pendingCommit(): Commit | undefined;
  committed(commit: Commit): void;
  /** Takes over what the group has committed and forgets why it was holding, for the fetch position begins anew. */
  rejoin(committed: bigint | undefined, runs: readonly DoneRun[]): void;
  /** Takes nothing more; what is open may finish and be committed. */
  halt(): void;
  /** Ends all timers; what is still open may finish, without effect. */
  close(): void;
}

export interface PartitionIntakeOptions extends TopicPartition {
  readonly start: bigint;
  readonly doneRuns: readonly DoneRun[];
  readonly onRecord: ConsumerOptions['onRecord'];
  readonly dueAt: ConsumerOptions['dueAt'];
  readonly maxOpen: number;
  readonly clock: Clock;
  /** Stop and restart fetching; the fetch position is `next()`. */
  readonly pause: () => void;
  readonly resume: () => void;
}

export function createPartitionIntake(options: PartitionIntakeOptions): PartitionIntake {
  const { topic, partition, clock, maxOpen } = options;
  const tracker = createOffsetTracker(options.start, options.doneRuns);
  let held: 'window' | 'due' | undefined;
  /** The record that was found not to be due, until it is handed over. */
  let waiting: { readonly offset: bigint; over: boolean; readonly cancel: () => void } | undefined;
  let committedVersion = tracker.version();
  let halted = false;
  let closed = false;

  function hold(reason: 'window' | 'due'): void {
    held = reason;
    options.pause();
  }

  function release(): void {
    if (held === undefined || closed) return;
    held = undefined;
    options.resume();
  }

  /**
   * Whether the record must wait. What `dueAt` says of it counts once, and is waited for by a timer: asked again, a due time
   * that goes by the present time would never come.
   */
  function mustWait(record: LogRecord): boolean {
    if (waiting?.offset !== record.offset) {
      waiting?.cancel();
      waiting = startWaiting(record);
    }
    return waiting?.over === false;
  }

  function startWaiting(record: LogRecord): typeof waiting {
    const waitMs = (options.dueAt?.(record) ?? 0) - clock.now();
    if (!(waitMs > 0)) return undefined;
    const started = { offset: record.offset, over: false, cancel: clock.after(waitMs, end) };
    function end(): void {
      started.over = true;
      if (held === 'due') release();
    }
    return started;
  }

  function finish(offset: bigint): void {
    tracker.done(offset);
    // Half-way down, so that a full window does not pause and resume at every record.
    if (held === 'window' && tracker.open() <= maxOpen / 2 && tracker.span() <= maxSpan / 2) release();
  }

  function handOver(record: LogRecord): void {
    if (tracker.take(record.offset) !== 'open') return;
    options.onRecord({ record, done: () => finish(record.offset) });
  }

  function offer(records: Iterable<LogRecord>): boolean {
    for (const record of records) {
      if (held !== undefined || halted || closed) return false;
      if (record.offset < tracker.next()) continue;
      if (tracker.open() >= maxOpen || !tracker.reaches(record.offset)) {
        hold('window');
        return false;
      }
      if (!tracker.finishedBefore(record.offset) && mustWait(record)) {
        hold('due');
        return false;
      }
      handOver(record);
    }
    return true;
  }

  return {
    topic,
    partition,
    next: tracker.next,
    open: tracker.open,
    holding: () => held !== undefined,
    offer,
    skipTo: tracker.skipTo,
    pendingCommit() {
      const version = tracker.version();
      if (closed || version === committedVersion) return undefined;
      return { topic, partition, offset: tracker.lowWater(), doneRuns: tracker.doneRuns(), version };
    },
    committed(commit) {
      committedVersion = commit.version;
    },
    rejoin(committed, runs) {
      held = undefined;
      if (committed !== undefined) tracker.merge(committed, runs);
    },
    halt() {
      halted = true;
    },
    close() {
      closed = true;
      held = undefined;
      waiting?.cancel();
    },
  };
}
