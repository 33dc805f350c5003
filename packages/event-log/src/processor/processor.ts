import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../clock.ts';
import type { WatchdogOptions } from '../group/watchdog.ts';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import { isTransient, rootFailure } from '../kafkajs/errors/failure.ts';
import type { Processor, ProcessorOptions, TopicPartition } from '../log.ts';
import { openTransactionalProducer } from '../produce/transaction/transactional-producer.ts';
import { retryWhile, within } from '../retry.ts';
import type { GroupMember } from '../wire/group-member.ts';
import { type GroupConsumer, startGroupConsumer } from './group-consumer.ts';
import { createProcessorInputs } from './processor-inputs.ts';
import { startProcessorLoops } from './processor-loops.ts';
import { refuseLostOffsets } from './start-position.ts';

const START_PAUSES_MS = [50, 100, 200, 500, 1_000];
const LONGEST_START_MS = 5_000;

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
  let member: GroupMember | undefined;
  let consumer: GroupConsumer | undefined;
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
  const inputs = createProcessorInputs({ client, options, consumer: () => consumer, wake: loops.wake, onFatal: fail, clock });

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
    await loops.stop();
    inputs.close();
    // What is joining the group is stopped by `start`.
    if (consumer === undefined) await within(LONGEST_START_MS, started, clock);
    else await consumer.stop();
    finish();
  }

  async function start(): Promise<void> {
    await whileTransient(async () => {
      await refuseLostOffsets(client, options);
      if (stopping !== undefined) return;
      consumer = await joinGroup({
        client,
        groupId,
        topics,
        otherTopics: outputTopics,
        instanceId: options.instanceId,
        onAssigned: assign,
        partitions: inputs.all,
        onFetched: inputs.offer,
        onFatal: fail,
        watchdog: parts.watchdog,
        clock,
      });
    });
    if (stopping !== undefined) await consumer?.stop();
  }

  const started = start();
  started.catch((error) => {
    if (stopping === undefined) fail(error);
  });
  return {
    assigned: () => inputs.all().map(({ topic, partition }) => ({ topic, partition })),
    healthy: () =>
      stopping === undefined && consumer?.healthy() === true && loops.healthy() && inputs.all().every((input) => input.healthy()),
    stop,
    done,
  };
}
