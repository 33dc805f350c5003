import type { KafkaClient } from '../client.ts';
import { type Clock, systemClock } from '../clock.ts';
import { startWatchdog, type WatchdogOptions } from '../consumer/watchdog.ts';
import { isTransient, rootFailure } from '../kafkajs/failure.ts';
import { connectTo, openReadCluster } from '../kafkajs/read-cluster.ts';
import type { LogRecord, Processor, ProcessorOptions, TopicPartition, TransactionBounds } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import { offsetsOf } from '../reader/start-positions.ts';
import { retryWhile } from '../retry.ts';
import { openTransactionalProducer } from '../transaction/transactional-producer.ts';
import { createYield } from '../yield-to-loop.ts';
import { type GroupConsumer, startGroupConsumer } from './group-consumer.ts';
import { type PartitionWorker, startPartitionWorker } from './partition-worker.ts';
import { readBack } from './read-back.ts';
import { refuseLostOffsets, startPosition } from './start-position.ts';
import { createTurns } from './turns.ts';

const DEFAULT_BOUNDS: TransactionBounds = { maxRecords: 2_000, maxBytes: 4_194_304, maxAgeMs: 1_000 };
/**
 * More at once take a broker's processor time from everything else and end later: at 500 records a second over 12 partitions, 12 at once take
 * twice as long from the request to the first attempt as 2.
 */
const TRANSACTIONS_AT_ONCE = 2;
const START_PAUSES_MS = [50, 100, 200, 500, 1_000];

export interface ProcessorParts {
  readonly clock?: Clock;
  readonly openProducer?: typeof openTransactionalProducer;
  readonly watchdog?: Pick<WatchdogOptions, 'intervalMs' | 'patienceMs'>;
}

/**
 * Joins the group and processes the partitions it is given, each by a worker of its own: a slow or failing partition
 * holds up no other. Resolves at once and goes on trying while brokers are away; `done` rejects with
 * ERR_LOG_UNKNOWN_TOPIC when an input or output topic does not exist.
 */
export async function createProcessor(client: KafkaClient, options: ProcessorOptions, parts: ProcessorParts = {}): Promise<Processor> {
  const { groupId, topics, outputTopics } = options;
  const bounds = { ...DEFAULT_BOUNDS, ...options.bounds };
  const { clock = systemClock, openProducer = openTransactionalProducer } = parts;
  const { promise: done, resolve: finish, reject } = Promise.withResolvers<void>();
  done.catch(() => undefined);
  const workers = new Map<string, PartitionWorker>();
  const turns = createTurns(TRANSACTIONS_AT_ONCE, clock);
  const rest = createYield();
  const ends = openReadCluster(client);
  let consumer: GroupConsumer | undefined;
  let stopWatchdog = (): void => undefined;
  let stopping: Promise<void> | undefined;

  /** Until it succeeds, fails for good or the processor is stopped. */
  const whileTransient = (action: () => Promise<void>): Promise<void> =>
    retryWhile(action, {
      retriable: (error) => stopping === undefined && isTransient(rootFailure(error)),
      pausesMs: START_PAUSES_MS,
      forMs: Number.POSITIVE_INFINITY,
    });

  function startWorker(partition: TopicPartition): PartitionWorker {
    const { topic } = partition;
    return startPartitionWorker({
      ...partition,
      groupId,
      process: options.process,
      onFenced: options.onFenced,
      onTakenOver: options.onTakenOver,
      onTimedOut: options.onTimedOut,
      bounds,
      turns,
      rest,
      open: () => openProducer(client, { transactionalId: `${groupId}.${topic}.${partition.partition}`, topics: outputTopics }),
      startWithoutOffset: (lost) => startPosition(client, options, partition, lost),
      // The end of a partition is decided when it is taken, not when its first record comes.
      startsAtEnd: options.withoutOffset === 'end',
      logBegin: async () => (await offsetsOf(ends, [topic], { fromBeginning: true })).get(keyOf(partition))?.offset ?? 0n,
      readBack: (from, to) => readBack(client, partition, from, to),
      hold: (held) => (held ? consumer?.pause(partition) : consumer?.resume(partition)),
      seek: (offset) => consumer?.seek({ ...partition, offset }),
      onFatal: fail,
      clock,
      logger: client.logger,
    });
  }

  function assign(partitions: readonly TopicPartition[]): void {
    const owned = new Set(partitions.map(keyOf));
    for (const [key, worker] of workers) {
      if (owned.has(key)) continue;
      workers.delete(key);
      consumer?.resume(worker);
      worker.stop().catch(fail);
    }
    for (const partition of partitions) {
      const key = keyOf(partition);
      const worker = workers.get(key);
      if (worker === undefined) workers.set(key, startWorker(partition));
      // A new member begins with nothing paused.
      else if (worker.held()) consumer?.pause(partition);
    }
  }

  function offer(partition: TopicPartition, records: readonly LogRecord[], from: bigint): boolean {
    const worker = workers.get(keyOf(partition));
    if (worker === undefined) return false;
    if (worker.held()) {
      consumer?.pause(partition);
      return false;
    }
    return worker.offer(records, from);
  }

  const pass = (partition: TopicPartition, from: bigint, to: bigint): void => workers.get(keyOf(partition))?.pass(from, to);

  function fail(error: unknown): void {
    client.logger.error({ err: error, groupId }, 'the processor cannot go on');
    reject(error);
    void stop();
  }

  function stop(): Promise<void> {
    stopping ??= shutDown();
    return stopping;
  }

  /** The transactions that are going on are ended first, then the group is left: the next owner starts from their offsets. */
  async function shutDown(): Promise<void> {
    stopWatchdog();
    await Promise.allSettled([...workers.values()].map((worker) => worker.stop()));
    await consumer?.stop();
    await ends.disconnect();
    finish();
  }

  async function start(): Promise<void> {
    await whileTransient(async () => {
      await connectTo(ends, [...topics, ...outputTopics]);
      await refuseLostOffsets(client, options);
    });
    if (stopping !== undefined) return;
    consumer = startGroupConsumer({ client, groupId, topics, onAssigned: assign, onRecords: offer, onFiltered: pass, clock });
    stopWatchdog = startWatchdog({
      moving: () =>
        [...workers.values()].flatMap((worker) => {
          const offset = worker.readTo();
          return offset === undefined || worker.busy() ? [] : [{ topic: worker.topic, partition: worker.partition, offset }];
        }),
      ends: async () => {
        await ends.refreshMetadata();
        return offsetsOf(ends, topics, { fromBeginning: false });
      },
      onStuck: (error) => consumer?.restart(error.message),
      clock,
      ...parts.watchdog,
    });
  }

  start().catch((error) => {
    if (stopping === undefined) fail(error);
  });
  return {
    assigned: () => [...workers.values()].map(({ topic, partition }) => ({ topic, partition })),
    healthy: () => stopping === undefined && consumer?.alive() === true && [...workers.values()].every((worker) => worker.healthy()),
    stop,
    done,
  };
}
