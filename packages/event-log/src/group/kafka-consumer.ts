import { setTimeout as delay } from 'node:timers/promises';
import type { EachBatchPayload, Consumer as KafkajsConsumer } from 'kafkajs';
import { systemClock } from '../clock.ts';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import { connectTo, openReadCluster, type ReadCluster, reconnect } from '../kafkajs/cluster/read-cluster.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import type { Consumer, ConsumerOptions, Position, TopicPartition } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import { offsetsOf } from '../reader/start-positions.ts';
import { createCopartitionAssigner } from './assigner.ts';
import { type OffsetsToCommit, startCommitter } from './committer.ts';
import { createFetchControl } from './fetch-control.ts';
import { createOwnership, type FetchControl, type Ownership } from './ownership.ts';
import { createStanding } from './standing.ts';
import { createBatchTaker } from './take-batch.ts';
import { startWatchdog } from './watchdog.ts';

const SETTINGS = {
  sessionTimeout: 15_000,
  rebalanceTimeout: 30_000,
  heartbeatInterval: 1_000,
  // Also the longest a paused partition sleeps past its time.
  maxWaitTimeInMs: 100,
  // A partition that waits for a due time fetches the records after it again, so little at a time. Room for a whole batch of an
  // appender; one of a transaction may be larger.
  maxBytesPerPartition: 262_144,
  allowAutoTopicCreation: false,
} as const;

// Connecting is tried for ten seconds or so, within the session timeout: a member that gives up earlier joins as another
// one, and the group waits until the session of the first has ended.
const CONNECTION = { requestTimeout: 6_000, retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 12 } };
// What fails on a live connection, or on one that only looks alive, ends in a new start.
const LOOP_RETRIES = 5;

// A heartbeat counts from when the broker had it, which may be a request timeout before its answer was heard.
const SILENCE_MS = SETTINGS.sessionTimeout - CONNECTION.requestTimeout;

const DEFAULT_DRAIN_MS = 10_000;
const DRAIN_POLL_MS = 20;
// For joining to end before leaving, and for leaving, when brokers are away.
const END_WAIT_MS = 5_000;

/**
 * Joins a group and hands records over without waiting for their work (`ConsumerOptions`). Resolves when the topics are
 * known and joining has begun; rejects with ERR_LOG_UNKNOWN_TOPIC when one does not exist.
 */
export async function createConsumer(client: KafkaClient, options: ConsumerOptions): Promise<Consumer> {
  const cluster = openReadCluster(client);
  // kafkajs keeps the committed offsets of a group per instance: sharing one would mix them up.
  const kafka = client.open(CONNECTION);
  let ownership: Ownership | undefined;
  const consumer = kafka.consumer({
    ...SETTINGS,
    groupId: options.groupId,
    partitionAssigners: [createCopartitionAssigner(() => [...new Set(ownership?.assigned().map(({ partition }) => partition))])],
    retry: { retries: LOOP_RETRIES, restartOnFailure: async () => !state.ended },
  });
  const state: State = { stopping: false, ended: false };
  try {
    await connectTo(cluster, options.topics);
    await consumer.connect();
    // Without a committed offset only the beginning loses nothing.
    await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
  } catch (error) {
    await Promise.allSettled([consumer.disconnect(), cluster.disconnect()]);
    throw error;
  }
  const control = createFetchControl(consumer, () => state.stopping);
  const handlers = {
    ...options,
    onRecord: guarded(options.onRecord),
    onLost: guarded(options.onLost ?? (() => undefined)),
  };
  ownership = createOwnership({ options: handlers, cluster, control, clock: systemClock, logger: client.logger });
  const running = runConsumer({ client, consumer, cluster, ownership, control, options, state });

  function guarded<Value>(handler: (value: Value) => void): (value: Value) => void {
    return (value) => {
      try {
        handler(value);
      } catch (error) {
        running.fail(new LogError('ERR_LOG_HANDLER_FAILED', 'a handler of the consumer threw', { cause: error }));
      }
    };
  }
  return running.consumer;
}

interface State {
  /** No more records are handed over. */
  stopping: boolean;
  ended: boolean;
}

interface Parts {
  readonly client: KafkaClient;
  readonly consumer: KafkajsConsumer;
  readonly cluster: ReadCluster;
  readonly ownership: Ownership;
  readonly control: FetchControl;
  readonly options: ConsumerOptions;
  readonly state: State;
}

function runConsumer(parts: Parts): { consumer: Consumer; fail(error: Error): void } {
  const { client, consumer, cluster, ownership, control, options, state } = parts;
  const { promise: done, resolve: finish, reject } = Promise.withResolvers<void>();
  done.catch(() => undefined);
  const batches = createBatchTaker({
    ownership,
    control,
    logStartOffset: async (partition) => (await positions([partition.topic], true)).get(keyOf(partition))?.offset ?? 0n,
  });
  const { GROUP_JOIN, HEARTBEAT, REBALANCING, END_BATCH_PROCESS, CRASH } = consumer.events;
  const standing = createStanding({ now: () => performance.now(), silenceMs: SILENCE_MS });

  // kafkajs's own commit retries whatever the error; this way in, which only a batch is given, does not.
  let commitOnce: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;

  async function send(offsets: OffsetsToCommit): Promise<void> {
    if (commitOnce !== undefined) return await commitOnce(offsets);
    await consumer.commitOffsets(offsets.topics.flatMap(({ topic, partitions }) => partitions.map((each) => ({ topic, ...each }))));
  }

  async function positions(topics: readonly string[], fromBeginning: boolean): Promise<ReadonlyMap<string, Position>> {
    try {
      return await offsetsOf(cluster, topics, { fromBeginning });
    } catch (error) {
      await reconnect(cluster).catch(() => undefined);
      throw error;
    }
  }

  const committer = startCommitter({ owned: ownership.intakes, send, clock: systemClock, logger: client.logger });
  const stopWatchdog = startWatchdog({
    moving: () => ownership.intakes().flatMap((intake) => (intake.holding() ? [] : [positionOf(intake)])),
    ends: () => positions(options.topics, false),
    onStuck: fail,
    clock: systemClock,
  });

  const pauseAll = (): void => {
    for (const partition of ownership.assigned()) control.pause(partition);
  };

  consumer.on(GROUP_JOIN, ({ payload }) => {
    ownership.joined(
      Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition }))),
      payload.memberId,
    );
    if (state.stopping) pauseAll();
    standing.joined();
  });
  consumer.on(HEARTBEAT, standing.heard);
  consumer.on(REBALANCING, standing.rebalancing);
  consumer.on(END_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize === 0) batches.passFiltered(payload);
  });
  consumer.on(CRASH, ({ payload }) => {
    commitOnce = undefined;
    standing.rebalancing();
    if (!payload.restart) fail(new LogError('ERR_LOG_STUCK', 'the consumer ended', { cause: payload.error }));
  });
  const joining = consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    async eachBatch(payload) {
      commitOnce = payload.commitOffsetsIfNecessary;
      if (!state.stopping) await batches.take(payload);
    },
  });
  joining.catch(fail);

  let ending: Promise<void> | undefined;
  function end(): Promise<void> {
    ending ??= shutDown();
    return ending;
  }

  /** A last commit, out of the group, connections closed. */
  async function shutDown(): Promise<void> {
    state.stopping = true;
    state.ended = true;
    stopWatchdog();
    await committer.stop();
    ownership.close();
    // Leaving is only possible once joined.
    await Promise.race([joining.catch(() => undefined), delay(END_WAIT_MS, undefined, { ref: false })]);
    const leaving = Promise.allSettled([consumer.disconnect(), cluster.disconnect()]);
    await Promise.race([leaving, delay(END_WAIT_MS, undefined, { ref: false })]);
  }

  function fail(error: Error): void {
    if (state.ended) return;
    client.logger.error({ error: error.message, groupId: options.groupId }, 'the consumer cannot go on');
    reject(error);
    void end();
  }

  async function stop(drainMs: number): Promise<void> {
    state.stopping = true;
    for (const intake of ownership.intakes()) intake.halt();
    pauseAll();
    const deadline = Date.now() + drainMs;
    while (!state.ended && Date.now() < deadline && ownership.intakes().some((intake) => intake.open() > 0)) await delay(DRAIN_POLL_MS);
    await end();
    finish();
  }

  let stopped: Promise<void> | undefined;
  return {
    fail,
    consumer: {
      assigned: ownership.assigned,
      healthy: () => ownership.everSettled() && !state.ended,
      mayBegin: () => standing.mayOwn() && !state.ended,
      stop({ drainMs = DEFAULT_DRAIN_MS } = {}) {
        stopped ??= stop(drainMs);
        return stopped;
      },
      done,
    },
  };
}

function positionOf({ topic, partition, next }: TopicPartition & { next(): bigint }): Position {
  return { topic, partition, offset: next() };
}
