import type { Clock } from '../clock.ts';
import type { ConsumerOptions, LogRecord, TopicPartition } from '../log.ts';
import type { DoneRun } from './commit-metadata.ts';
import { maxSpan } from './commit-metadata.ts';
import { createOffsetTracker } from './offset-tracker.ts';
import { recordBytes } from './record-bytes.ts';

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
  /** True while the window is full or the next record is not due: no more records are taken. */
  holding(): boolean;
  /** Hands records over in order until one must wait; true when all were taken. Offsets handed over before are dropped. */
  offer(records: Iterable<LogRecord>): boolean;
  /** There is no record below `offset` but those offered. */
  skipTo(offset: bigint): void;
  /** What is new since the last `committed`, if anything. */
  pendingCommit(): Commit | undefined;
  committed(commit: Commit): void;
  /** Adds what the group has committed, and ends the pause: the partition is assigned to the fetcher again. */
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
  /** Default 1,000. */
  readonly maxOpen?: number | undefined;
  /** Default 2 MiB. */
  readonly maxOpenBytes?: number | undefined;
  readonly clock: Clock;
  /** Stop and restart fetching; the fetch position is `next()`. */
  readonly pause: () => void;
  readonly resume: () => void;
}

const DEFAULT_MAX_OPEN = 1_000;
const DEFAULT_MAX_OPEN_BYTES = 2_097_152;

export function createPartitionIntake(options: PartitionIntakeOptions): PartitionIntake {
  const { topic, partition, clock, maxOpen = DEFAULT_MAX_OPEN, maxOpenBytes = DEFAULT_MAX_OPEN_BYTES } = options;
  const tracker = createOffsetTracker(options.start, options.doneRuns);
  let held: 'window' | 'due' | undefined;
  /** Of the records that are open. */
  const sizes = new Map<bigint, number>();
  let openBytes = 0;
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
    forgetSize(offset);
    // Half-way down, so that a full window does not pause and resume at every record.
    if (held === 'window' && windowIsHalf()) release();
  }

  function forgetSize(offset: bigint): void {
    openBytes -= sizes.get(offset) ?? 0;
    sizes.delete(offset);
  }

  const windowIsHalf = (): boolean => tracker.open() <= maxOpen / 2 && openBytes <= maxOpenBytes / 2 && tracker.span() <= maxSpan / 2;

  /** One record alone is always let in, however large. */
  const windowHasRoomFor = (record: LogRecord): boolean =>
    tracker.open() < maxOpen && (tracker.open() === 0 || openBytes + recordBytes(record) <= maxOpenBytes) && tracker.reaches(record.offset);

  function handOver(record: LogRecord): void {
    if (tracker.take(record.offset) !== 'open') return;
    const bytes = recordBytes(record);
    sizes.set(record.offset, bytes);
    openBytes += bytes;
    options.onRecord({ record, done: () => finish(record.offset) });
  }

  function offer(records: Iterable<LogRecord>): boolean {
    for (const record of records) {
      if (held !== undefined || halted || closed) return false;
      if (record.offset < tracker.next()) continue;
      if (!windowHasRoomFor(record)) {
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
      if (committed === undefined) return;
      tracker.merge(committed, runs);
      for (const offset of sizes.keys()) {
        if (!tracker.isOpen(offset)) forgetSize(offset);
      }
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
