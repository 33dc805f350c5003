import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { Clock } from '../clock.ts';
import { createCopartitionAssigner } from '../group/assigner.ts';
import { toLogRecord } from '../kafka-record.ts';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import type { FetchedBatch } from '../kafkajs/cluster/fetched-batch.ts';
import type { JoinedGeneration } from '../kafkajs/patches/consumer-group.ts';
import type { LogRecord, Position, TopicPartition } from '../log.ts';
import { pause as wait } from '../retry.ts';
import type { GroupMember } from '../wire/txn-offset-commit.ts';

export interface GroupConsumer {
  pause(partition: TopicPartition): void;
  resume(partition: TopicPartition): void;
  seek(position: Position): void;
  /** False before the first assignment and when nothing was heard of the group for a while. */
  alive(): boolean;
  /** Leaves the group and joins again as another member. */
  restart(reason: string): void;
  stop(): Promise<void>;
}

export interface GroupConsumerOptions {
  readonly client: KafkaClient;
  readonly groupId: string;
  readonly topics: readonly string[];
  /** The partitions owned from now on. Positions start again at the committed offsets, also of those owned before. */
  readonly onAssigned: (partitions: readonly TopicPartition[], member: GroupMember) => void;
  /** Partition numbers that this member has, to be kept by it where the shares of the members allow. */
  readonly owned: () => readonly number[];
  /** Records in offset order, all that there are from `from` on. False refuses them: they are fetched again. */
  readonly onRecords: (partition: TopicPartition, records: readonly LogRecord[], from: bigint) => boolean;
  /** Reading has passed [from, to), and no record is there: only markers of transactions and aborted records. */
  readonly onFiltered: (partition: TopicPartition, from: bigint, to: bigint) => void;
  readonly clock: Clock;
}

const SETTINGS = {
  sessionTimeout: 9_000,
  rebalanceTimeout: 20_000,
  heartbeatInterval: 1_000,
  maxWaitTimeInMs: 200,
  maxBytesPerPartition: 1_048_576,
  allowAutoTopicCreation: false,
} as const;
/**
 * Members that commit under a transactional id for each partition offer another protocol: a broker keeps these out while one of
 * those lives, and the other way round, since neither kind fences the other.
 */
const PROTOCOL = 'switchboard-processor';
const PARTITIONS_AT_ONCE = 16;
const SILENCE_MS = 30_000;
const LOOK_EVERY_MS = 5_000;
const RELAUNCH_PAUSE_MS = 500;
const LONGEST_DISCONNECT_MS = 5_000;

/**
 * A member of the group for as long as it is not stopped: kafkajs's consumer ends at some errors and stalls at
 * others, and is then replaced by a new one.
 */
export function startGroupConsumer(options: GroupConsumerOptions): GroupConsumer {
  const { client, groupId, clock } = options;
  let current: { readonly consumer: Consumer; readonly end: (reason: string) => void } | undefined;
  let stopped = false;
  let joined = false;
  let heardAt = clock.now();

  async function life(): Promise<void> {
    // kafkajs keeps the committed offsets of a group per instance.
    const consumer = client.open().consumer({
      ...SETTINGS,
      groupId,
      partitionAssigners: [createCopartitionAssigner(options.owned, PROTOCOL)],
      retry: { retries: 5, restartOnFailure: async () => false },
    });
    const { promise: ended, resolve: end } = Promise.withResolvers<string>();
    current = { consumer, end };
    // A member that was replaced may run for a moment longer.
    const isCurrent = (): boolean => current?.consumer === consumer;
    const { GROUP_JOIN, HEARTBEAT, FETCH, END_BATCH_PROCESS, CRASH } = consumer.events;
    const heard = (): void => {
      if (isCurrent()) heardAt = clock.now();
    };
    consumer.on(HEARTBEAT, heard);
    consumer.on(FETCH, heard);
    // A batch of which nothing is left is not handed over.
    consumer.on(END_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, firstOffset, lastOffset } }) => {
      if (!isCurrent() || batchSize > 0 || firstOffset === null) return;
      options.onFiltered({ topic, partition }, BigInt(firstOffset), BigInt(lastOffset) + 1n);
    });
    consumer.on(CRASH, ({ payload }) => end(payload.error.message));
    consumer.on(GROUP_JOIN, ({ payload }) => {
      if (!isCurrent()) return;
      heard();
      joined = true;
      options.onAssigned(
        Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition }))),
        { memberId: payload.memberId, generationId: (payload as typeof payload & JoinedGeneration).generationId },
      );
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
        eachBatch: async (payload) => {
          if (isCurrent()) take(payload);
        },
      });
      heard();
      const reason = await ended;
      if (!stopped) client.logger.warn({ groupId, reason }, 'Group member replaced');
    } finally {
      current = undefined;
      await Promise.race([consumer.disconnect().catch(() => undefined), wait(LONGEST_DISCONNECT_MS, clock)]);
    }
  }

  function take({ batch, resolveOffset, isRunning, isStale }: EachBatchPayload): void {
    const { topic, partition, messages } = batch;
    const last = messages.at(-1);
    if (last === undefined || stopped || !isRunning() || isStale()) return;
    const taken = options.onRecords(
      { topic, partition },
      messages.map((message) => toLogRecord(topic, partition, message)),
      BigInt((batch as FetchedBatch).fetchedOffset),
    );
    if (!taken) return;
    options.onFiltered({ topic, partition }, BigInt(last.offset) + 1n, BigInt(batch.lastOffset()) + 1n);
    try {
      resolveOffset(last.offset);
    } catch (error) {
      // kafkajs throws when the last partition of the topic has gone to another member.
      client.logger.debug({ err: error, topic, partition }, 'Records of a lost partition');
    }
  }

  async function live(): Promise<void> {
    while (!stopped) {
      try {
        await life();
      } catch (error) {
        client.logger.warn({ err: error, groupId }, 'Group join failed');
      }
      if (!stopped) await wait(RELAUNCH_PAUSE_MS, clock);
    }
  }

  let cancelLook = clock.after(LOOK_EVERY_MS, look);
  function look(): void {
    cancelLook = clock.after(LOOK_EVERY_MS, look);
    if (clock.now() - heardAt < SILENCE_MS) return;
    heardAt = clock.now();
    current?.end('nothing was fetched for a while');
  }

  /** Without effect between two members: the next one starts with nothing paused. */
  function command(apply: (consumer: Consumer) => void): void {
    try {
      if (current !== undefined) apply(current.consumer);
    } catch (error) {
      client.logger.debug({ err: error, groupId }, 'The consumer is not running');
    }
  }

  const living = live();
  return {
    pause: ({ topic, partition }) => command((consumer) => consumer.pause([{ topic, partitions: [partition] }])),
    resume: ({ topic, partition }) => command((consumer) => consumer.resume([{ topic, partitions: [partition] }])),
    seek: ({ topic, partition, offset }) => command((consumer) => consumer.seek({ topic, partition, offset: String(offset) })),
    alive: () => joined && current !== undefined && clock.now() - heardAt < SILENCE_MS,
    restart: (reason) => current?.end(reason),
    async stop() {
      stopped = true;
      cancelLook();
      current?.end('stopped');
      await living;
    },
  };
}
