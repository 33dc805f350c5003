import type { ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import type { Position, ReadFrom } from '../log.ts';
import { keyOf } from '../partition-key.ts';

/** Where a partition is read from, and the offset at which it has caught up. */
export interface StartPosition extends Position {
  readonly end: bigint;
}

/** Positions of all partitions of the topics. The end is taken first: what is written meanwhile is read, never skipped. */
export async function startPositions(cluster: ReadCluster, topics: readonly string[], from: ReadFrom): Promise<StartPosition[]> {
  const ends = await offsetsOf(cluster, topics, { fromBeginning: false });
  const starts = await startOffsets(cluster, topics, from, ends);
  return [...ends].map(([key, end]) => {
    const start = starts.get(key);
    return { ...end, offset: start === undefined || start.offset < 0n ? end.offset : start.offset, end: end.offset };
  });
}

async function startOffsets(
  cluster: ReadCluster,
  topics: readonly string[],
  from: ReadFrom,
  ends: ReadonlyMap<string, Position>,
): Promise<ReadonlyMap<string, Position>> {
  if (from === 'end') return ends;
  if (from === 'beginning') return await offsetsOf(cluster, topics, { fromBeginning: true });
  if ('timestamp' in from) return await offsetsOf(cluster, topics, { fromTimestamp: from.timestamp });
  const begins = new Map(await offsetsOf(cluster, topics, { fromBeginning: true }));
  for (const wanted of from.offsets) {
    const begin = begins.get(keyOf(wanted));
    if (begin !== undefined && wanted.offset > begin.offset) begins.set(keyOf(wanted), wanted);
  }
  return begins;
}

/** Offsets of every partition, by `keyOf`. */
export async function offsetsOf(
  cluster: ReadCluster,
  topics: readonly string[],
  at: { readonly fromBeginning: boolean } | { readonly fromTimestamp: number },
): Promise<ReadonlyMap<string, Position>> {
  const queries = topics.map((topic) => ({
    topic,
    partitions: cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ partition: partitionId })),
    ...at,
  }));
  const found = await cluster.fetchTopicsOffset(queries);
  const positions = found.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }): Position => ({ topic, partition, offset: BigInt(offset) })),
  );
  return new Map(positions.map((position) => [keyOf(position), position]));
}
