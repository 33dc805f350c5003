import type { Clock } from '../clock.ts';
import type { LogErrorCode, LogRecord, ProcessorOptions, TopicPartition } from '../log.ts';
import { LogError } from '../log-error.ts';
import type { LogLogger } from '../logger.ts';
import type { GroupOffset } from '../transaction/transactional-producer.ts';
import { decodeCursor } from './cursor-metadata.ts';
import { createFailureCount, type FailureKind } from './failure-count.ts';
import type { PackSource } from './pack-transaction.ts';
import { createRecordBuffer, type RecordBufferLimits } from './record-buffer.ts';
import { createStepSource, type Progress, type StepSource } from './step-source.ts';

export interface PartitionInputOptions extends TopicPartition {
  readonly process: ProcessorOptions['process'];
  readonly onFenced: ProcessorOptions['onFenced'];
  /** How much is read ahead. */
  readonly buffer?: RecordBufferLimits;
  /** Where to begin when the group has no committed offset of the partition, or had one that the log no longer has. */
  readonly startWithoutOffset: (lost: boolean) => Promise<bigint>;
  /** Whether that is the end of the partition: it is then committed at once, and not when the first record arrives. */
  readonly startsAtEnd: boolean;
  readonly readBack: (from: bigint, to: bigint) => AsyncIterable<readonly LogRecord[]>;
  /** The log start offset now; rejects while the brokers are away. */
  readonly logBegin: () => Promise<bigint>;
  /** Called when reading should pause or may continue. */
  readonly hold: (held: boolean) => void;
  /** Reading continues at this offset. */
  readonly seek: (offset: bigint) => void;
  /** An error after which the whole processor must end. */
  readonly onFatal: (error: unknown) => void;
  /** There may be something to do for this partition. */
  readonly wake: () => void;
  readonly clock: Clock;
  readonly logger: LogLogger;
}

/**
 * One input partition: the records that were read, where the group is in them, and what `process` makes of them.
 *
 * It must be settled, by the stable offset of the group, in each generation and after each failure, before its records may be in a
 * transaction. Where that offset is the one that was committed last, the records and what `process` keeps in memory stay;
 * else both begin again at the offset.
 */
export interface PartitionInput extends TopicPartition, PackSource {
  readonly source: StepSource;
  /**
   * Records in offset order; some may have been offered before. `from` is the offset that was asked for: no other record is
   * between it and the last one. False refuses them, and reading goes back to what is missing before `from`.
   */
  offer(records: readonly LogRecord[], from?: bigint): boolean;
  /** Reading has passed [from, to), and no record is there. */
  pass(from: bigint, to: bigint): void;
  /** False after some failures in a row. */
  healthy(): boolean;
  /** No more records should be offered for now; only while it is busy. */
  held(): boolean;
  /** The offset after the last one read, once there was a record. */
  readTo(): bigint | undefined;
  /** Has records that are not committed. */
  busy(): boolean;
  /** Needs the stable offset of the group, and can do something with it now. */
  wantsOffset(): boolean;
  /** May be in a transaction now. */
  ready(): boolean;
  /** Is in a transaction that has not ended, or whose outcome cannot be known yet. */
  inTransaction: boolean;
  /** The transaction with the input failed at an output partition: to be tried without others. */
  alone: boolean;
  /** Another generation or a failed transaction: what is committed must be read. */
  unsettle(): void;
  /** What is committed. Ends, without a rejection, when the input is ready or waits for its next try. */
  settle(found: Exclude<GroupOffset, 'unstable'> | undefined): Promise<void>;
  /** An open transaction may change what is committed: asks again later. */
  unstable(): void;
  /** `next` is in a transaction that is about to be committed. */
  committing(next: Progress): void;
  committed(): void;
  /** `process` failed: waits, then begins again at what is committed. */
  fail(error: unknown): void;
  /** A transaction with this partition alone failed: waits, then is repeated unless it was committed. */
  failTransaction(error: unknown, details: object): void;
  close(): void;
}

const FAILURES = {
  fatal: ['The partition cannot be processed', undefined],
  fenced: ['The partition was fenced', 'ERR_LOG_FENCED'],
  'not-member': ['The group refused the offset of the partition', 'ERR_LOG_NOT_MEMBER'],
  'timed-out': ['A transaction timed out', 'ERR_LOG_TRANSACTION_TIMED_OUT'],
  failed: ['Records were not processed', undefined],
} as const satisfies Record<FailureKind, readonly [message: string, code: LogErrorCode | undefined]>;

const UNSTABLE_PAUSES_MS = [10, 20, 50, 100, 200];

export function createPartitionInput(options: PartitionInputOptions): PartitionInput {
  const { topic, partition, clock, logger } = options;
  const buffer = createRecordBuffer(options.buffer);
  const source = createStepSource(buffer, options.process);
  const failures = createFailureCount();
  let state: 'unsettled' | 'settling' | 'ready' = 'unsettled';
  /** Counts what makes a settling that has begun void. */
  let round = 0;
  let unstableReads = 0;
  /** Where the group is, as this process knows it; undefined while what `process` keeps does not match that. */
  let known: Progress | undefined;
  /** Where the group is if the transaction that is running commits. */
  let attempted: Progress | undefined;
  /** A start that is to be committed. */
  let start: Progress | undefined;
  let held = false;
  let closed = false;
  let cancelPause: (() => void) | undefined;
  /** Where the first fetch began that was offered before anything was known of the start. */
  let firstFrom: bigint | undefined;
  /** The records from here on were read or are still to be read. */
  let completeFrom: bigint | undefined;
  /** The log has nothing below, as far as is known. */
  let logBegin = 0n;

  const wants = (): boolean => !buffer.empty() || start !== undefined || (options.startsAtEnd && known === undefined);

  async function settle(found: CommittedAs): Promise<void> {
    round += 1;
    const mine = round;
    const current = (): boolean => mine === round && !closed;
    state = 'settling';
    unstableReads = 0;
    try {
      if (typeof found === 'object') await settleAt(progressOf(found), current);
      else await settleAt(await begin(found === 'lost'), current);
      if (!current()) return;
      state = 'ready';
      options.wake();
    } catch (error) {
      if (current()) fail(error);
      else logger.debug({ err: error, topic, partition }, 'The partition was settled again or lost');
    }
  }

  async function settleAt(progress: Progress, current: () => boolean): Promise<void> {
    if (!current()) return;
    if (attempted !== undefined && known !== undefined && isSame(progress, attempted)) return committed();
    if (known !== undefined && isSame(progress, known)) {
      attempted = undefined;
      source.rewind();
      return;
    }
    const { offset } = progress;
    if (completeFrom !== undefined && offset < completeFrom) {
      // The group was put back: what is held begins above the offset.
      buffer.restart(offset);
      options.seek(offset);
    } else if (firstFrom !== undefined && missesBefore(firstFrom, offset)) {
      buffer.restart(offset);
    } else {
      buffer.dropBefore(offset);
    }
    completeFrom = offset;
    attempted = undefined;
    known = undefined;
    source.restart(progress);
    // Another member may have processed all that was held.
    hold();
    await options.onFenced?.({ topic, partition, offset }, (from) => whileCurrent(options.readBack(from, offset), current));
    if (current()) known = progress;
  }

  /** Reading back takes a while; it ends when the partition is lost or settled again. */
  async function* whileCurrent(parts: AsyncIterable<readonly LogRecord[]>, current: () => boolean): AsyncGenerator<readonly LogRecord[]> {
    for await (const part of parts) {
      if (current()) yield part;
      if (!current()) throw new LogError('ERR_LOG_CLOSED', `${topic}-${partition}: the partition was lost while it was read back`);
    }
  }

  /**
   * A fetch of an earlier generation may still arrive and begin where that one was, above the offset wanted here: reading
   * is sent back, unless the log itself begins there. That is looked up for the fetch that comes next.
   */
  function missesBefore(from: bigint, wanted: bigint): boolean {
    if (from <= wanted || from <= logBegin) return false;
    options.logBegin().then(
      (found) => {
        logBegin = found;
      },
      (error) => logger.debug({ err: error, topic, partition }, 'The log start offset is not known'),
    );
    options.seek(wanted);
    return true;
  }

  function progressOf({ offset, metadata }: Exclude<CommittedAs, string | undefined>): Progress {
    const read = decodeCursor(metadata);
    if (read.kind === 'newer') {
      throw new LogError('ERR_LOG_NEWER_CURSOR', `${topic}-${partition}: the cursor at ${offset} is of version ${read.version}`);
    }
    return read.kind === 'cursor' ? { offset, cursor: read.cursor } : { offset };
  }

  /** The start of a partition without an offset. That of a partition which is kept has not changed. */
  async function begin(lost: boolean): Promise<Progress> {
    if (known !== undefined && !lost) return known;
    if (start !== undefined && !lost) return start;
    const offset = await options.startWithoutOffset(lost);
    if (options.startsAtEnd) {
      start = { offset };
      options.seek(offset);
    }
    return { offset };
  }

  function committed(): void {
    if (closed || attempted === undefined) return;
    known = attempted;
    [attempted, start] = [undefined, undefined];
    source.committed();
    failures.clear();
    buffer.dropBefore(known.offset);
    completeFrom = known.offset;
    hold();
  }

  function unsettle(): void {
    if (state === 'settling') known = undefined;
    round += 1;
    state = 'unsettled';
    options.wake();
  }

  function fail(error: unknown): void {
    known = undefined;
    attempted = undefined;
    failTransaction(error, {});
  }

  function failTransaction(error: unknown, details: object): void {
    if (closed) return;
    unsettle();
    const { kind, pauseMs } = failures.add(error);
    if (kind === 'fatal') {
      close();
      options.onFatal(error);
      return;
    }
    const [message, code = error instanceof LogError ? error.code : undefined] = FAILURES[kind];
    logger.warn({ err: error, code, topic, partition, ...details, retryInMs: pauseMs }, message);
    pause(pauseMs);
  }

  function pause(ms: number): void {
    cancelPause?.();
    cancelPause = clock.after(ms, () => {
      cancelPause = undefined;
      options.wake();
    });
  }

  function hold(): void {
    const next = held ? !buffer.low() : buffer.full();
    if (next === held) return;
    held = next;
    options.hold(held);
  }

  function close(): void {
    closed = true;
    round += 1;
    cancelPause?.();
    source.close();
  }

  const input: PartitionInput = {
    topic,
    partition,
    source,
    start: () => start,
    offer(records, from = 0n) {
      const next = buffer.readTo();
      if (next === undefined) firstFrom ??= from;
      else if (missesBefore(from, next)) return false;
      buffer.add(records);
      hold();
      options.wake();
      return true;
    },
    pass: buffer.pass,
    healthy: failures.healthy,
    held: () => held && !buffer.empty(),
    readTo: buffer.readTo,
    busy: () => !buffer.empty(),
    wantsOffset: () => !closed && state === 'unsettled' && cancelPause === undefined && !input.inTransaction && wants(),
    ready: () => !closed && state === 'ready' && !input.inTransaction && !source.peeking() && (start !== undefined || !buffer.empty()),
    inTransaction: false,
    alone: false,
    unsettle,
    settle,
    unstable() {
      pause(UNSTABLE_PAUSES_MS[Math.min(unstableReads, UNSTABLE_PAUSES_MS.length - 1)] as number);
      unstableReads += 1;
    },
    committing(next) {
      attempted = next;
    },
    committed,
    fail,
    failTransaction,
    close,
  };
  return input;
}

type CommittedAs = Parameters<PartitionInput['settle']>[0];

function isSame(one: Progress, other: Progress): boolean {
  return one.offset === other.offset && one.cursor === other.cursor;
}
