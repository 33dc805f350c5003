import type { ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import type { Position, TopicPartition } from '../log.ts';
import type { Member } from '../member/member-options.ts';
import { keyOf } from '../partition-key.ts';
import { knownOffsetsOf } from '../reader/start-positions.ts';
import { type DoneRun, decodeDoneRuns } from './commit-metadata.ts';

/** Where a group is in a partition. */
export interface GroupPosition extends Position {
  /** False when no offset is committed; `offset` is then the log start offset. */
  readonly committed: boolean;
  readonly doneRuns: readonly DoneRun[];
}

/**
 * Positions of the group of a member, by `keyOf`, in those of the given partitions where they are known: without an offset that is
 * committed, the leader has to respond. Rejects where none is known.
 */
export async function groupPositions(
  cluster: ReadCluster,
  member: Pick<Member, 'committed'>,
  partitions: readonly TopicPartition[],
): Promise<ReadonlyMap<string, GroupPosition>> {
  const positions = new Map<string, GroupPosition>();
  // Former versions committed -2 for an offset that the log no longer had.
  for (const { topic, partition, offset, metadata } of await member.committed(partitions)) {
    if (offset < 0n) continue;
    const doneRuns = decodeDoneRuns({ offset, metadata }) ?? [];
    positions.set(keyOf({ topic, partition }), { topic, partition, offset, committed: true, doneRuns });
  }
  const missing = partitions.filter((partition) => !positions.has(keyOf(partition)));
  try {
    const starts = await knownOffsetsOf(cluster, missing, { fromBeginning: true });
    for (const [key, start] of starts) positions.set(key, { ...start, committed: false, doneRuns: [] });
  } catch (error) {
    if (positions.size === 0) throw error;
  }
  return positions;
}
