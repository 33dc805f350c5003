import type { ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { renewConnections } from '../kafkajs/cluster/renew-connections.ts';
import type { Position, ReadFrom, TopicPartition } from '../log.ts';
import { keyOf } from '../partition-key.ts';

/** Where a partition is read from, and the offset at which it has caught up. */
export interface StartPosition extends Position {
  readonly end: bigint;
}

type At = { readonly fromBeginning: boolean } | { readonly fromTimestamp: number };

/** Positions of all partitions of the topics. The ends are looked up first: a record that is written after that is read. */
export async function startPositions(cluster: ReadCluster, topics: readonly string[], from: ReadFrom): Promise<StartPosition[]> {
  const partitions = partitionsOf(cluster, topics);
  const ends = await offsetsOf(cluster, partitions, { fromBeginning: false });
  const starts = await startOffsets(cluster, partitions, from, ends);
  return [...ends].map(([key, end]) => {
    const start = starts.get(key);
    return { ...end, offset: start === undefined || start.offset < 0n ? end.offset : start.offset, end: end.offset };
  });
}

async function startOffsets(
  cluster: ReadCluster,
  partitions: readonly TopicPartition[],
  from: ReadFrom,
  ends: ReadonlyMap<string, Position>,
): Promise<ReadonlyMap<string, Position>> {
  if (from === 'end') return ends;
  if (from === 'beginning') return await offsetsOf(cluster, partitions, { fromBeginning: true });
  if ('timestamp' in from) return await offsetsOf(cluster, partitions, { fromTimestamp: from.timestamp });
  const starts = new Map(await offsetsOf(cluster, partitions, { fromBeginning: true }));
  for (const wanted of from.offsets) {
    const start = starts.get(keyOf(wanted));
    if (start !== undefined && wanted.offset > start.offset) starts.set(keyOf(wanted), wanted);
  }
  return starts;
}

/** All partitions of the topics. */
export function partitionsOf(cluster: Pick<ReadCluster, 'findTopicPartitionMetadata'>, topics: readonly string[]): TopicPartition[] {
  return topics.flatMap((topic) => cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ topic, partition: partitionId })));
}

/** Offsets of the partitions, by `keyOf`. Rejects where the leader of one of them does not respond. */
export async function offsetsOf(
  cluster: Pick<ReadCluster, 'fetchTopicsOffset'>,
  partitions: readonly TopicPartition[],
  at: At,
): Promise<ReadonlyMap<string, Position>> {
  const queries = [...new Set(partitions.map(({ topic }) => topic))].map((topic) => ({
    topic,
    partitions: partitions.filter((each) => each.topic === topic).map(({ partition }) => ({ partition })),
    ...at,
  }));
  const found = await cluster.fetchTopicsOffset(queries);
  const positions = found.flatMap(({ topic, partitions: ofTopic }) =>
    ofTopic.map(({ partition, offset }): Position => ({ topic, partition, offset: BigInt(offset) })),
  );
  return new Map(positions.map((position) => [keyOf(position), position]));
}

/** As `offsetsOf`, without the partitions whose leaders do not respond. Rejects if no leader does. */
export async function knownOffsetsOf(
  cluster: Pick<ReadCluster, 'fetchTopicsOffset' | 'brokerPool' | 'connectionPoolBuilder'>,
  partitions: readonly TopicPartition[],
  at: At,
): Promise<ReadonlyMap<string, Position>> {
  const settled = await Promise.allSettled(partitions.map((each) => offsetsOf(cluster, [each], at)));
  const known = new Map(settled.flatMap((each) => (each.status === 'fulfilled' ? [...each.value] : [])));
  const errors: unknown[] = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  for (const error of errors) renewConnections(cluster, error);
  if (known.size === 0 && errors.length > 0) throw errors[0];
  return known;
}
