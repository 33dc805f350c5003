import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../clock.ts';
import { startWatchdog, type WatchdogOptions } from '../group/watchdog.ts';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import { disconnectWithin } from '../kafkajs/cluster/disconnect-within.ts';
import { connectTo, openReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { isTransient, rootFailure } from '../kafkajs/errors/failure.ts';
import type { Processor, ProcessorOptions, TopicPartition } from '../log.ts';
import { openTransactionalProducer } from '../produce/transaction/transactional-producer.ts';
import { offsetsOf } from '../reader/start-positions.ts';
import { retryWhile } from '../retry.ts';
import type { GroupMember } from '../wire/group-member.ts';
import { type GroupConsumer, startGroupConsumer } from './group-consumer.ts';
import { createProcessorInputs } from './processor-inputs.ts';
import { startProcessorLoops } from './processor-loops.ts';
import { refuseLostOffsets } from './start-position.ts';

const START_PAUSES_MS = [50, 100, 200, 500, 1_000];
const LONGEST_DISCONNECT_MS = 1_000;

export interface ProcessorParts {
  readonly clock?: Clock;
  readonly openProducer?: typeof openTransactionalProducer;
  readonly joinGroup?: typeof startGroupConsumer;
  readonly watchdog?: Pick<WatchdogOptions, 'intervalMs' | 'patienceMs'>;
}

/**
 * Joins the group and processes the partitions it is given, in one transaction at a time over all of them: a slow or failing
 * partition does not delay the others. Resolves at once and keeps trying while brokers are away; `done` rejects with
 * ERR_LOG_UNKNOWN_TOPIC when an input or output topic does not exist.
 */
export async function createProcessor(client: KafkaClient, options: ProcessorOptions, parts: ProcessorParts = {}): Promise<Processor> {
  const { groupId, topics, outputTopics } = options;
  const { clock = systemClock, openProducer = openTransactionalProducer, joinGroup = startGroupConsumer } = parts;
  const { promise: done, resolve: finish, reject } = Promise.withResolvers<void>();
  done.catch(() => undefined);
  const ends = openReadCluster(client);
  let member: GroupMember | undefined;
  let consumer: GroupConsumer | undefined;
  let stopWatchdog = (): void => undefined;
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
    member = joined;
    inputs.assign(partitions);
    loops.wake();
  }

  /** No transaction begins until the group has been joined again. */
  function onNotMember(refused: GroupMember): void {
    options.onTakenOver?.();
    if (member !== refused) return;
    member = undefined;
    consumer?.rejoin(refused);
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
    await loops.stop();
    inputs.close();
    await consumer?.stop();
    await disconnectWithin(ends, LONGEST_DISCONNECT_MS, clock);
    finish();
  }

  async function start(): Promise<void> {
    await whileTransient(async () => {
      await connectTo(ends, [...topics, ...outputTopics]);
      await refuseLostOffsets(client, options);
    });
    await whileTransient(async () => {
      if (stopping !== undefined) return;
      consumer = await joinGroup({
        client,
        groupId,
        topics,
        instanceId: options.instanceId,
        cluster: ends,
        onAssigned: assign,
        partition: inputs.get,
        owned: () => [...new Set(inputs.all().map(({ partition }) => partition))],
        onFetched: inputs.offer,
        onFatal: fail,
        clock,
      });
    });
    if (stopping !== undefined) return await consumer?.stop();
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
      onStuck: (error) => consumer?.restartReading(error.message),
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
