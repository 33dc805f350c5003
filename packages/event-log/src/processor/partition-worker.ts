import type { Clock } from '../clock.ts';
import type { LogErrorCode, LogRecord, ProcessorOptions, TopicPartition, TransactionBounds } from '../log.ts';
import { LogError } from '../log-error.ts';
import type { LogLogger } from '../logger.ts';
import type { CommittedOffset, TransactionalProducer } from '../transaction/transactional-producer.ts';
import { decodeCursor, encodeCursor } from './cursor-metadata.ts';
import { createFailureCount, type FailureKind } from './failure-count.ts';
import { packTransaction } from './pack-transaction.ts';
import { createRecordBuffer, type RecordBufferLimits } from './record-buffer.ts';
import { createStepSource, type Progress } from './step-source.ts';
import { createTransactionLimit } from './transaction-limit.ts';
import type { Turns } from './turns.ts';

export interface PartitionWorkerOptions extends TopicPartition {
  readonly groupId: string;
  readonly process: ProcessorOptions['process'];
  readonly onFenced: ProcessorOptions['onFenced'];
  readonly onTakenOver: ProcessorOptions['onTakenOver'];
  readonly onTimedOut: ProcessorOptions['onTimedOut'];
  readonly bounds: TransactionBounds;
  /** How much is read ahead. */
  readonly buffer?: RecordBufferLimits;
  /** Taken for each transaction: records that arrive before a turn go into it, so that few large transactions take the place of many small ones. */
  readonly turns: Turns;
  /** Awaited between two steps: lets the event loop run. */
  readonly rest: () => Promise<void> | undefined;
  /** Takes the partition's transactional id. */
  readonly open: () => Promise<TransactionalProducer>;
  /** Where to begin when the group has no committed offset of the partition, or had one that the log no longer has. */
  readonly startWithoutOffset: (lost: boolean) => Promise<bigint>;
  /** Whether that is the end of the partition: it is then fixed at once, and not when the first record comes. */
  readonly startsAtEnd: boolean;
  readonly readBack: (from: bigint, to: bigint) => AsyncIterable<readonly LogRecord[]>;
  /** Where the log begins now; rejects while the brokers are away. */
  readonly logBegin: () => Promise<bigint>;
  /** Called when reading should stop or may go on. */
  readonly hold: (held: boolean) => void;
  /** Reading may go on from there. */
  readonly seek: (offset: bigint) => void;
  /** An error after which the whole processor must not go on. */
  readonly onFatal: (error: unknown) => void;
  readonly clock: Clock;
  readonly logger: LogLogger;
}

/**
 * Processes one input partition in transactions, each with the offset and the cursor after it. Takes the transactional id
 * before the first transaction and after every failure, and then continues at the committed offset and cursor: they show
 * what became of a transaction with an unknown outcome.
 */
export interface PartitionWorker extends TopicPartition {
  /**
   * Records in offset order; some may have been offered before. `from` is the offset that was asked for: nothing but these
   * records stands from there on. False refuses them, and reading goes back to what is missing before `from`.
   */
  offer(records: readonly LogRecord[], from?: bigint): boolean;
  /** Reading has passed [from, to), and no record stands there. */
  pass(from: bigint, to: bigint): void;
  /** False after some failures in a row. */
  healthy(): boolean;
  /** No more records should be offered for now; only while it is busy. */
  held(): boolean;
  /** The offset after the last one read, once there was a record. */
  readTo(): bigint | undefined;
  /** Has records to process. */
  busy(): boolean;
  /** Ends after the transaction that is going on. */
  stop(): Promise<void>;
}

const FAILURES = {
  fatal: ['The partition cannot be processed', undefined],
  fenced: ['The partition was fenced', 'ERR_LOG_FENCED'],
  'timed-out': ['A transaction timed out', 'ERR_LOG_TRANSACTION_TIMED_OUT'],
  failed: ['Records were not processed', undefined],
} as const satisfies Record<FailureKind, readonly [message: string, code: LogErrorCode | undefined]>;

export function startPartitionWorker(options: PartitionWorkerOptions): PartitionWorker {
  const { topic, partition, clock, logger } = options;
  const buffer = createRecordBuffer(options.buffer);
  const source = createStepSource(buffer, options.process);
  const limit = createTransactionLimit(options.bounds.maxRecords);
  const failures = createFailureCount();
  let producer: TransactionalProducer | undefined;
  /** Output records of the transaction that is running or has just failed. */
  let packed = 0;
  /** The start was found: it is committed, or does not change by itself. */
  let placed = !options.startsAtEnd;
  let held = false;
  let stopped = false;
  /** Where the first fetch began that was offered before anything was known of the start. */
  let firstFrom: bigint | undefined;
  /** The log holds nothing below, as far as is known. */
  let logBegin = 0n;
  let wake: () => void = () => undefined;

  async function run(): Promise<void> {
    while (!stopped) {
      if (placed && buffer.empty()) {
        await woken();
        continue;
      }
      try {
        producer ??= await takeOver();
        if (producer.spent()) await discard();
        else await processInTurn(producer);
        failures.clear();
      } catch (error) {
        await fail(error);
      }
    }
    await discard();
    source.close();
  }

  async function takeOver(): Promise<TransactionalProducer> {
    const opened = await options.open();
    try {
      const committed = await opened.committed(options.groupId, { topic, partition });
      const progress = typeof committed === 'object' ? progressOf(committed) : await begin(opened, committed === 'lost');
      const { offset } = progress;
      placed = true;
      if (firstFrom !== undefined && missesBefore(firstFrom, offset)) buffer.restart(offset);
      else buffer.dropBefore(offset);
      source.restart(progress);
      // Another member may have processed all that was held.
      hold();
      await options.onFenced?.({ topic, partition, offset }, (from) => untilStopped(options.readBack(from, offset)));
      return opened;
    } catch (error) {
      opened.close().catch(() => undefined);
      throw error;
    }
  }

  /** Reading back takes a while; it ends when the worker is stopped. */
  async function* untilStopped(parts: AsyncIterable<readonly LogRecord[]>): AsyncGenerator<readonly LogRecord[]> {
    for await (const part of parts) {
      if (!stopped) yield part;
      if (stopped) throw new LogError('ERR_LOG_CLOSED', `${topic}-${partition}: the worker was stopped while it read back`);
    }
  }

  /**
   * A fetch of an earlier generation may still arrive and begin where that one stood, above the offset wanted here: reading
   * is sent back, unless the log itself begins there. That is looked up meanwhile, for the fetch that comes next.
   */
  function missesBefore(from: bigint, wanted: bigint): boolean {
    if (from <= wanted || from <= logBegin) return false;
    options.logBegin().then(
      (found) => {
        logBegin = found;
      },
      (error) => logger.debug({ err: error, topic, partition }, 'the begin of the partition is not known'),
    );
    options.seek(wanted);
    return true;
  }

  function progressOf({ offset, metadata }: CommittedOffset): Progress {
    const read = decodeCursor(metadata);
    if (read.kind === 'newer') {
      throw new LogError('ERR_LOG_NEWER_CURSOR', `${topic}-${partition}: the cursor at ${offset} is of version ${read.version}`);
    }
    return read.kind === 'cursor' ? { offset, cursor: read.cursor } : { offset };
  }

  async function begin(opened: TransactionalProducer, lost: boolean): Promise<Progress> {
    const offset = await options.startWithoutOffset(lost);
    if (options.startsAtEnd) {
      await opened.run({ records: [], offset: { groupId: options.groupId, position: { topic, partition, offset } } });
      options.seek(offset);
    }
    return { offset };
  }

  async function processInTurn(opened: TransactionalProducer): Promise<void> {
    const endTurn = await options.turns.take();
    try {
      await processTransaction(opened);
    } finally {
      endTurn();
    }
  }

  async function processTransaction(opened: TransactionalProducer): Promise<void> {
    const bounds = { ...options.bounds, maxRecords: limit.maxRecords() };
    const pack = await packTransaction(source, { bounds, clock, rest: options.rest, stopped: () => stopped });
    if (stopped || pack === undefined) return;
    const { offset, cursor } = pack.next;
    const metadata = cursor === undefined ? undefined : encodeCursor(cursor);
    packed = pack.records.length;
    await opened.run({ records: pack.records, offset: { groupId: options.groupId, position: { topic, partition, offset }, metadata } });
    packed = 0;
    limit.committed();
    buffer.dropBefore(offset);
    hold();
  }

  async function fail(error: unknown): Promise<void> {
    await discard();
    if (stopped) return logger.debug({ err: error, topic, partition }, 'The worker was stopped while it processed');
    const { kind, pauseMs } = failures.add(error);
    if (kind === 'fatal') {
      stopped = true;
      options.onFatal(error);
      return;
    }
    if (kind === 'fenced') options.onTakenOver?.({ topic, partition });
    if (kind === 'timed-out') {
      if (packed > 0) limit.timedOut(packed);
      options.onTimedOut?.({ topic, partition });
    }
    const [message, code = error instanceof LogError ? error.code : undefined] = FAILURES[kind];
    logger.warn({ err: error, code, topic, partition, records: packed, nextMaxRecords: limit.maxRecords(), retryInMs: pauseMs }, message);
    packed = 0;
    await woken(pauseMs);
  }

  async function discard(): Promise<void> {
    const discarded = producer;
    producer = undefined;
    discarded?.close().catch(() => undefined);
  }

  /** Until records come, or for the time given; a stop ends both. */
  async function woken(ms?: number): Promise<void> {
    if (stopped) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = ms === undefined ? undefined : clock.after(ms, resolve);
    wake = () => {
      if (ms === undefined || stopped) resolve();
    };
    await promise;
    cancel?.();
  }

  function hold(): void {
    const next = held ? !buffer.low() : buffer.full();
    if (next === held) return;
    held = next;
    options.hold(held);
  }

  const ended = run();
  return {
    topic,
    partition,
    offer(records, from = 0n) {
      const next = buffer.readTo();
      if (next === undefined) firstFrom ??= from;
      else if (missesBefore(from, next)) return false;
      buffer.add(records);
      hold();
      wake();
      return true;
    },
    pass: buffer.pass,
    healthy: failures.healthy,
    held: () => held && !buffer.empty(),
    readTo: buffer.readTo,
    busy: () => !buffer.empty(),
    async stop() {
      stopped = true;
      wake();
      await ended;
    },
  };
}
