import type { KafkaClient } from '../kafkajs/client/client.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import type { ProcessorOptions, TopicPartition } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import { createReader } from '../reader/reader.ts';
import { pause } from '../retry.ts';
import { createAdmin } from '../topics/admin.ts';

type Options = Pick<ProcessorOptions, 'groupId' | 'topics' | 'outputTopics' | 'withoutOffset'>;

// The first transaction of another member may be between its output and its offset.
const LOOKS = 3;
const LOOK_PAUSE_MS = 1_000;

/**
 * The offset at which a partition begins that has no committed one. Throws ERR_LOG_OFFSETS_LOST when it had one that the log no
 * longer has, unless `withoutOffset` decides: to begin again could write its output a second time.
 */
export async function startPosition(
  client: KafkaClient,
  { groupId, withoutOffset = 'fail' }: Options,
  partition: TopicPartition,
  lost: boolean,
): Promise<bigint> {
  if (lost && withoutOffset === 'fail') {
    throw new LogError(
      'ERR_LOG_OFFSETS_LOST',
      `the log no longer had what group ${groupId} had committed of ${keyOf(partition)}: decide with withoutOffset`,
    );
  }
  const admin = await createAdmin(client);
  try {
    const positions = withoutOffset === 'end' ? await admin.endOffsets(partition.topic) : await admin.beginOffsets(partition.topic);
    return positions.find((position) => position.partition === partition.partition)?.offset ?? 0n;
  } finally {
    await admin.stop();
  }
}

/**
 * Throws ERR_LOG_OFFSETS_LOST when the group has no committed offset at all although there is output: to begin again
 * would write it a second time, to begin at the end would leave out what came since. A partition without an offset in a
 * group that has others is one that never had a record.
 */
export async function refuseLostOffsets(client: KafkaClient, options: Options): Promise<void> {
  const { groupId, outputTopics, withoutOffset = 'fail' } = options;
  if (withoutOffset !== 'fail') return;
  for (let look = 1; ; look += 1) {
    if (await hasOffsets(client, options)) return;
    if (!(await hasRecords(client, outputTopics))) return;
    if (look === LOOKS) break;
    await pause(LOOK_PAUSE_MS);
  }
  throw new LogError(
    'ERR_LOG_OFFSETS_LOST',
    `group ${groupId} has no committed offset, but there are records in ${outputTopics.join(', ')}: decide with withoutOffset`,
  );
}

async function hasOffsets(client: KafkaClient, { groupId, topics }: Options): Promise<boolean> {
  const admin = await createAdmin(client);
  try {
    for (const topic of topics) {
      if ((await admin.committed(groupId, topic)).length > 0) return true;
    }
    return false;
  } finally {
    await admin.stop();
  }
}

/** Whether any of the topics has a committed record: what was aborted is no output. */
async function hasRecords(client: KafkaClient, topics: readonly string[]): Promise<boolean> {
  if (topics.length === 0) return false;
  const { promise: found, resolve: find } = Promise.withResolvers<true>();
  const reader = await createReader(client, { topics, from: 'beginning', onRecords: () => find(true) });
  try {
    return await Promise.race([found, reader.caughtUp.then(() => false)]);
  } finally {
    await reader.stop();
  }
}
