import type { Clock } from '../clock.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import type { LogErrorCode, LogRecord, ProcessorOptions, TopicPartition } from '../log.ts';
import type { LogLogger } from '../logger.ts';
import type { CommittedOffset } from '../offset-metadata.ts';
import type { GroupOffset } from '../produce/transaction/transactional-producer.ts';
import type { OffsetRange } from '../reader/offset-range.ts';
import { decodeCursor } from './cursor-metadata.ts';
import { createFailureCount, type FailureKind } from './failure-count.ts';
import type { PackSource } from './pack-transaction.ts';
import { createPartitionReading, type PartitionReading, type PartitionReadingOptions } from './partition-reading.ts';
import { createStepSource, type Progress, type StepSource } from './step-source.ts';

export interface PartitionInputOptions extends TopicPartition, PartitionReadingOptions {
  readonly process: ProcessorOptions['process'];
  readonly onFenced: ProcessorOptions['onFenced'];
  /** Where to begin when the group has no committed offset of the partition, or had one that is below the log start offset. */
  readonly startWithoutOffset: (lost: boolean) => Promise<bigint>;
  /** Whether that is the end of the partition: it is then committed at once, and not when the first record arrives. */
  readonly startsAtEnd: boolean;
  readonly readBack: (from: bigint, to: bigint) => AsyncIterable<readonly LogRecord[]>;
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
  /** Reading begins at this offset of the group, unless it has begun. */
  begin(offset: bigint): void;
  /** All records below `next` that follow those before, in offset order. Default: `next` follows the last one. */
  offer(records: readonly LogRecord[], next?: bigint): void;
  /** Reading was outside of the offsets that the log has; `readTo` is among them afterwards. */
  outOfRange(range: OffsetRange): void;
  /** False after some failures in a row. */
  healthy(): boolean;
  /** No more records should be offered for now; only while it is busy. */
  paused(): boolean;
  /** The offset after the last one read; undefined before reading has begun. */
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
  return new SettledInput(options);
}

class SettledInput implements PartitionInput {
  readonly topic: string;
  readonly partition: number;
  readonly source: StepSource;
  inTransaction = false;
  alone = false;
  readonly #options: PartitionInputOptions;
  readonly #reading: PartitionReading;
  readonly #failures = createFailureCount();
  #state: 'unsettled' | 'settling' | 'ready' | 'closed' = 'unsettled';
  /** Counts what makes a settling that has begun void. */
  #round = 0;
  #unstableReads = 0;
  /** Where the group is, as this process knows it; undefined while what `process` keeps does not match that. */
  #known: Progress | undefined;
  /** Where the group is if the transaction that is running commits. */
  #attempted: Progress | undefined;
  /** A start that is to be committed. */
  #start: Progress | undefined;
  #cancelPause: (() => void) | undefined;
  /** An offset that this process does not know is lost below the one, and above the other. */
  #lost: { readonly below: bigint; readonly above: bigint | undefined } | undefined;

  constructor(options: PartitionInputOptions) {
    this.topic = options.topic;
    this.partition = options.partition;
    this.#options = options;
    this.#reading = createPartitionReading(options);
    this.source = createStepSource(this.#reading.buffer, options.process);
  }

  start(): Progress | undefined {
    return this.#start;
  }

  begin(offset: bigint): void {
    this.#reading.begin(offset);
  }

  offer(records: readonly LogRecord[], next = (records.at(-1)?.offset ?? -1n) + 1n): void {
    this.#reading.offer(records, next);
    if (records.length > 0) this.#options.wake();
  }

  outOfRange({ start, end }: OffsetRange): void {
    const at = this.readTo() ?? start;
    if (at < start) {
      this.#lost = { below: start, above: undefined };
      this.#reading.buffer.passTo(start);
    } else if (at > end) {
      this.#lost = { below: start, above: end };
      // Another log under the name of the topic: what is known of the former one has no meaning.
      this.#known = undefined;
      this.#reading.moved(start);
      this.unsettle();
    }
  }

  healthy(): boolean {
    return this.#failures.healthy();
  }

  paused(): boolean {
    return this.#reading.paused();
  }

  readTo(): bigint | undefined {
    return this.#reading.buffer.readTo();
  }

  busy(): boolean {
    return !this.#reading.buffer.empty();
  }

  wantsOffset(): boolean {
    if (this.#state !== 'unsettled' || this.#cancelPause !== undefined || this.inTransaction) return false;
    return this.busy() || this.#start !== undefined || (this.#options.startsAtEnd && this.#known === undefined);
  }

  ready(): boolean {
    if (this.#state !== 'ready' || this.inTransaction || this.source.peeking()) return false;
    return this.busy() || this.#start !== undefined;
  }

  unsettle(): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'settling') this.#known = undefined;
    this.#round += 1;
    this.#state = 'unsettled';
    this.#options.wake();
  }

  async settle(found: CommittedAs): Promise<void> {
    const { topic, partition } = this;
    this.#round += 1;
    const mine = this.#round;
    const current = (): boolean => mine === this.#round;
    this.#state = 'settling';
    this.#unstableReads = 0;
    try {
      const lost = found === 'lost' || (found !== undefined && this.#isLost(found));
      const progress = found === undefined || lost ? await this.#begin(lost) : progressOf(this, found as CommittedOffset);
      if (!current()) return;
      if (!this.#keepsAt(progress)) await this.#beginAgainAt(progress, current);
      if (!current()) return;
      this.#state = 'ready';
      this.#lost = undefined;
      this.#options.wake();
    } catch (error) {
      if (current()) this.fail(error);
      else this.#options.logger.debug({ err: error, topic, partition }, 'The partition was settled again or lost');
    }
  }

  #isLost({ offset }: CommittedOffset): boolean {
    if (this.#known !== undefined || this.#lost === undefined) return false;
    const { below, above } = this.#lost;
    return offset < below || (above !== undefined && offset > above);
  }

  /** Whether the group is where this process knows it to be: records, steps and what `process` keeps then stay. */
  #keepsAt(progress: Progress): boolean {
    if (this.#known === undefined) return false;
    if (this.#attempted !== undefined && isSame(progress, this.#attempted)) {
      this.committed();
      return true;
    }
    if (!isSame(progress, this.#known)) return false;
    this.#attempted = undefined;
    this.source.rewind();
    return true;
  }

  async #beginAgainAt(progress: Progress, current: () => boolean): Promise<void> {
    const { topic, partition } = this;
    const { onFenced, readBack } = this.#options;
    const { offset } = progress;
    this.#attempted = undefined;
    this.#known = undefined;
    this.source.restart(progress);
    this.#reading.startAt(offset);
    await onFenced?.({ topic, partition, offset }, (from) => whileCurrent(this, readBack(from, offset), current));
    if (current()) this.#known = progress;
  }

  /** The start of a partition without an offset. That of a partition which is kept has not changed. */
  async #begin(lost: boolean): Promise<Progress> {
    const decided = this.#known ?? this.#start;
    if (decided !== undefined && !lost) return decided;
    const offset = await this.#options.startWithoutOffset(lost);
    if (this.#options.startsAtEnd) {
      this.#start = { offset };
      this.#options.seek(offset);
    }
    return { offset };
  }

  unstable(): void {
    this.#pause(UNSTABLE_PAUSES_MS[Math.min(this.#unstableReads, UNSTABLE_PAUSES_MS.length - 1)] as number);
    this.#unstableReads += 1;
  }

  committing(next: Progress): void {
    this.#attempted = next;
  }

  committed(): void {
    if (this.#state === 'closed' || this.#attempted === undefined) return;
    const { offset } = this.#attempted;
    this.#known = this.#attempted;
    this.#attempted = undefined;
    this.#start = undefined;
    this.source.committed();
    this.#failures.clear();
    this.#reading.committed(offset);
  }

  fail(error: unknown): void {
    this.#known = undefined;
    this.#attempted = undefined;
    this.failTransaction(error, {});
  }

  failTransaction(error: unknown, details: object): void {
    if (this.#state === 'closed') return;
    this.unsettle();
    const { topic, partition } = this;
    const { kind, pauseMs } = this.#failures.add(error);
    if (kind === 'fatal') {
      this.close();
      this.#options.onFatal(error);
      return;
    }
    const [message, code = error instanceof LogError ? error.code : undefined] = FAILURES[kind];
    this.#options.logger.warn({ err: error, code, topic, partition, ...details, retryInMs: pauseMs }, message);
    this.#pause(pauseMs);
  }

  #pause(ms: number): void {
    this.#cancelPause?.();
    this.#cancelPause = this.#options.clock.after(ms, () => {
      this.#cancelPause = undefined;
      this.#options.wake();
    });
  }

  close(): void {
    this.#state = 'closed';
    this.#round += 1;
    this.#cancelPause?.();
    this.source.close();
  }
}

type CommittedAs = Parameters<PartitionInput['settle']>[0];

function isSame(one: Progress, other: Progress): boolean {
  return one.offset === other.offset && one.cursor === other.cursor;
}

function progressOf({ topic, partition }: TopicPartition, committed: CommittedOffset): Progress {
  const { offset } = committed;
  const read = decodeCursor(committed);
  if (read.kind === 'newer') {
    throw new LogError('ERR_LOG_NEWER_CURSOR', `${topic}-${partition}: the cursor at ${offset} is of version ${read.version}`);
  }
  return read.kind === 'cursor' ? { offset, cursor: read.cursor } : { offset };
}

/** Reading back takes a while; it ends when the partition is lost or settled again. */
async function* whileCurrent(
  { topic, partition }: TopicPartition,
  parts: AsyncIterable<readonly LogRecord[]>,
  current: () => boolean,
): AsyncGenerator<readonly LogRecord[]> {
  for await (const part of parts) {
    if (current()) yield part;
    if (!current()) throw new LogError('ERR_LOG_CLOSED', `${topic}-${partition}: the partition was lost while it was read back`);
  }
}
