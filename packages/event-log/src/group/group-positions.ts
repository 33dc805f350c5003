import type { ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import type { Position, TopicPartition } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import { offsetsOf } from '../reader/start-positions.ts';
import { type DoneRun, decodeDoneRuns } from './commit-metadata.ts';

/** Where a group stands in a partition. */
export interface GroupPosition extends Position {
  /** False when nothing was ever committed; `offset` is then where the log begins. */
  readonly committed: boolean;
  readonly doneRuns: readonly DoneRun[];
}

/** Positions of a group in the given partitions, by `keyOf`. */
export async function groupPositions(
  cluster: ReadCluster,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<ReadonlyMap<string, GroupPosition>> {
  const found = (await committedPositions(cluster, groupId, partitions)).map(
    ({ metadata, ...position }): GroupPosition => ({ ...position, committed: true, doneRuns: decodeDoneRuns(metadata) ?? [] }),
  );
  const positions = new Map(found.map((position) => [keyOf(position), position]));
  const missing = partitions.filter((partition) => !positions.has(keyOf(partition)));
  if (missing.length === 0) return positions;
  const begins = await offsetsOf(cluster, [...new Set(missing.map(({ topic }) => topic))], { fromBeginning: true });
  for (const partition of missing) {
    const begin = begins.get(keyOf(partition));
    if (begin === undefined) throw new Error(`no metadata of ${keyOf(partition)}`);
    positions.set(keyOf(partition), { ...begin, committed: false, doneRuns: [] });
  }
  return positions;
}

/** Committed offsets; partitions without one are absent. */
export async function committedPositions(
  cluster: ReadCluster,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<(Position & { readonly metadata: string })[]> {
  if (partitions.length === 0) return [];
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  const { responses } = await coordinator.offsetFetch({
    groupId,
    topics: [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
      topic,
      partitions: ofTopic.map(({ partition }) => ({ partition })),
    })),
  });
  return responses.flatMap(({ topic, partitions: ofTopic }) =>
    ofTopic
      .map(({ partition, offset, metadata }) => ({ topic, partition, offset: BigInt(offset), metadata: metadata ?? '' }))
      .filter(({ offset }) => offset >= 0n),
  );
}
