import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../clock.ts';
import { startWatchdog, type WatchdogOptions } from '../group/watchdog.ts';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import { connectTo, openReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { isTransient, rootFailure } from '../kafkajs/errors/failure.ts';
import type { Processor, ProcessorOptions, TopicPartition } from '../log.ts';
import { openTransactionalProducer } from '../produce/transaction/transactional-producer.ts';
import { offsetsOf } from '../reader/start-positions.ts';
import { retryWhile } from '../retry.ts';
import type { GroupMember } from '../wire/txn-offset-commit.ts';
import { type GroupConsumer, startGroupConsumer } from './group-consumer.ts';
import { createProcessorInputs } from './processor-inputs.ts';
import { startProcessorLoops } from './processor-loops.ts';
import { refuseLostOffsets } from './start-position.ts';

const START_PAUSES_MS = [50, 100, 200, 500, 1_000];
/**
 * kafkajs finds at a heartbeat, one a second, that the group has a new generation, and joins again by itself; the others have 20 s to join with
 * it.
 */
const REJOIN_PATIENCE_MS = 30_000;

export interface ProcessorParts {
  readonly clock?: Clock;
  readonly openProducer?: typeof openTransactionalProducer;
  readonly watchdog?: Pick<WatchdogOptions, 'intervalMs' | 'patienceMs'>;
}

/**
 * Joins the group and processes the partitions it is given, in one transaction at a time over all of them: a slow or failing
 * partition does not delay the others. Resolves at once and keeps trying while brokers are away; `done` rejects with
 * ERR_LOG_UNKNOWN_TOPIC when an input or output topic does not exist.
 */
export async function createProcessor(client: KafkaClient, options: ProcessorOptions, parts: ProcessorParts = {}): Promise<Processor> {
  const { groupId, topics, outputTopics } = options;
  const { clock = systemClock, openProducer = openTransactionalProducer } = parts;
  const { promise: done, resolve: finish, reject } = Promise.withResolvers<void>();
  done.catch(() => undefined);
  const ends = openReadCluster(client);
  let member: GroupMember | undefined;
  let consumer: GroupConsumer | undefined;
  let stopWatchdog = (): void => undefined;
  let cancelRejoin = (): void => undefined;
  let stopping: Promise<void> | undefined;
  const loops = startProcessorLoops({
    options,
    slot: options.instanceId || randomUUID(),
    openProducer: (transactionalId) => openProducer(client, { transactionalId, topics: outputTopics }),
    inputs: () => inputs.all(),
    member: () => member,
    onNotMember,
    clock,
    logger: client.logger,
  });
  const inputs = createProcessorInputs({
    client,
    options,
    cluster: ends,
    consumer: () => consumer,
    wake: loops.wake,
    onFatal: fail,
    clock,
  });

  /** Until it succeeds, fails for good or the processor is stopped. */
  const whileTransient = (action: () => Promise<void>): Promise<void> =>
    retryWhile(action, {
      retriable: (error) => stopping === undefined && isTransient(rootFailure(error)),
      pausesMs: START_PAUSES_MS,
      forMs: Number.POSITIVE_INFINITY,
    });

  function assign(partitions: readonly TopicPartition[], joined: GroupMember): void {
    if (stopping !== undefined) return;
    cancelRejoin();
    member = joined;
    inputs.assign(partitions);
    loops.wake();
  }

  /** No transaction begins until the group has been joined again. */
  function onNotMember(refused: GroupMember): void {
    options.onTakenOver?.();
    if (member !== refused) return;
    member = undefined;
    cancelRejoin = clock.after(REJOIN_PATIENCE_MS, () => consumer?.restart('the group refused the offsets of the member'));
  }

  function fail(error: unknown): void {
    client.logger.error({ err: error, groupId }, 'Processor failed');
    reject(error);
    void stop();
  }

  function stop(): Promise<void> {
    stopping ??= shutDown();
    return stopping;
  }

  /** The transactions that are running are ended first, then the group is left: the next owner starts from their offsets. */
  async function shutDown(): Promise<void> {
    stopWatchdog();
    cancelRejoin();
    await loops.stop();
    inputs.close();
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
    const owned = (): readonly number[] => [...new Set(inputs.all().map(({ partition }) => partition))];
    consumer = startGroupConsumer({
      client,
      groupId,
      topics,
      owned,
      onAssigned: assign,
      onRecords: inputs.offer,
      onFiltered: inputs.pass,
      clock,
    });
    stopWatchdog = startWatchdog({
      moving: () =>
        inputs.all().flatMap((input) => {
          const offset = input.readTo();
          return offset === undefined || input.busy() ? [] : [{ topic: input.topic, partition: input.partition, offset }];
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
    assigned: () => inputs.all().map(({ topic, partition }) => ({ topic, partition })),
    healthy: () =>
      stopping === undefined && consumer?.alive() === true && loops.healthy() && inputs.all().every((input) => input.healthy()),
    stop,
    done,
  };
}
