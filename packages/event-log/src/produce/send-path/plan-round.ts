import type { Cluster } from '../../kafkajs/cluster/internals.ts';
import type { OpenBatch } from './batch.ts';

/** Groups unfinished batches by the node that leads their partition now; a batch without a leader waits for a later round. */
export function planRound(batches: readonly OpenBatch[], cluster: Pick<Cluster, 'findTopicPartitionMetadata'>): Map<number, OpenBatch[]> {
  const byLeader = new Map<number, OpenBatch[]>();
  for (const batch of batches) {
    const leader = leaderOf(batch, cluster);
    if (leader === undefined || leader < 0) continue;
    const group = byLeader.get(leader);
    if (group === undefined) byLeader.set(leader, [batch]);
    else group.push(batch);
  }
  return byLeader;
}

function leaderOf(batch: OpenBatch, cluster: Pick<Cluster, 'findTopicPartitionMetadata'>): number | undefined {
  try {
    return cluster.findTopicPartitionMetadata(batch.topic).find(({ partitionId }) => partitionId === batch.partition)?.leader;
  } catch {
    // kafkajs throws while it has no metadata at all.
    return undefined;
  }
}
