import type { Clock } from '../clock.ts';
import type { LogRecord, ProcessorOptions, TopicPartition } from '../log.ts';
import { LogError } from '../log-error.ts';
import type { LogLogger } from '../logger.ts';
import { TransactionError } from '../transaction/transaction-error.ts';
import type { TransactionalProducer } from '../transaction/transactional-producer.ts';
import { createSliceBuffer } from './slice-buffer.ts';
import type { Turns } from './turns.ts';

export interface PartitionWorkerOptions extends TopicPartition {
  readonly groupId: string;
  readonly process: ProcessorOptions['process'];
  readonly onFenced: ProcessorOptions['onFenced'];
  readonly onTakenOver: ProcessorOptions['onTakenOver'];
  readonly maxSliceRecords: number;
  /** Taken for each slice: what comes meanwhile goes into it, so that few large transactions take the place of many small ones. */
  readonly turns: Turns;
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
 * Processes one input partition: slice after slice, each in a transaction with its offset. Takes the transactional id
 * before the first slice and after every failure, and then goes by the committed offset: what a transaction with an
 * unknown outcome has done shows there.
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

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/**
 * Someone else took the id: they own the partition, or will learn soon that they do not. Until then two holders would take it from each
 * other for ever, so each waits longer each time.
 */
const FENCED_PAUSE_MS = 1_000;
const FAILURES_UNTIL_UNHEALTHY = 3;
/** A handover takes the id once or twice; more in a row are two who hold the partition. */
const LOST_UNTIL_UNHEALTHY = 5;

export function startPartitionWorker(options: PartitionWorkerOptions): PartitionWorker {
  const { topic, partition, clock, logger } = options;
  const buffer = createSliceBuffer(options.maxSliceRecords);
  let producer: TransactionalProducer | undefined;
  /** The start was found: it is committed, or does not change by itself. */
  let placed = !options.startsAtEnd;
  let failures = 0;
  let takenOver = 0;
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
        else await processSlice(producer);
        failures = 0;
        takenOver = 0;
      } catch (error) {
        await fail(error);
      }
    }
    await discard();
  }

  async function takeOver(): Promise<TransactionalProducer> {
    const opened = await options.open();
    try {
      const committed = await opened.committed(options.groupId, { topic, partition });
      const offset = typeof committed === 'bigint' ? committed : await begin(opened, committed === 'lost');
      placed = true;
      if (firstFrom !== undefined && missesBefore(firstFrom, offset)) buffer.restart(offset);
      else buffer.dropBefore(offset);
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

  async function begin(opened: TransactionalProducer, lost: boolean): Promise<bigint> {
    const offset = await options.startWithoutOffset(lost);
    if (options.startsAtEnd) {
      await opened.run({ records: [], offset: { groupId: options.groupId, position: { topic, partition, offset } } });
      options.seek(offset);
    }
    return offset;
  }

  async function processSlice(opened: TransactionalProducer): Promise<void> {
    const endTurn = await options.turns.take();
    try {
      await processInTurn(opened);
    } finally {
      endTurn();
    }
  }

  async function processInTurn(opened: TransactionalProducer): Promise<void> {
    const records = buffer.peek();
    const last = records.at(-1);
    if (stopped || last === undefined) return;
    const out = await options.process({ topic, partition, records });
    if (stopped) return;
    const next = last.offset + 1n;
    await opened.run({ records: out, offset: { groupId: options.groupId, position: { topic, partition, offset: next } } });
    buffer.dropBefore(next);
    hold();
  }

  async function fail(error: unknown): Promise<void> {
    await discard();
    if (stopped) return logger.debug({ err: error, topic, partition }, 'the worker was stopped meanwhile');
    if (isFatal(error)) {
      stopped = true;
      options.onFatal(error);
      return;
    }
    const fenced = error instanceof TransactionError && error.failure === 'fenced';
    // To be fenced is how a partition changes hands; every other failure counts.
    if (fenced) {
      takenOver += 1;
      options.onTakenOver?.({ topic, partition });
    } else failures += 1;
    const pauseMs = fenced ? pauseOf(FENCED_PAUSE_MS, takenOver) : pauseOf(FIRST_PAUSE_MS, failures);
    logger.warn({ err: error, topic, partition, failures, pauseMs }, fenced ? 'the partition was taken over' : 'a slice was not processed');
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
    healthy: () => failures < FAILURES_UNTIL_UNHEALTHY && takenOver < LOST_UNTIL_UNHEALTHY,
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

const pauseOf = (firstMs: number, times: number): number => Math.min(firstMs * 2 ** (times - 1), LONGEST_PAUSE_MS);

function isFatal(error: unknown): boolean {
  if (error instanceof LogError && error.code === 'ERR_LOG_OFFSETS_LOST') return true;
  return typeof error === 'object' && error !== null && 'fatal' in error && error.fatal === true;
}
