import type { Cluster } from '../../kafkajs/cluster/internals.ts';
import { batchKey, type OpenBatch, type OutBatch } from './batch.ts';

export interface IndexedBatch {
  readonly batch: OutBatch;
  /** Its place among the batches of a send. */
  readonly index: number;
}

/** Divides batches into waves, which are sent one after another: each has a topic-partition once, in the order given. */
export function planWaves(batches: readonly OutBatch[]): readonly (readonly IndexedBatch[])[] {
  const depths = new Map<string, number>();
  const waves: IndexedBatch[][] = [];
  for (const [index, batch] of batches.entries()) {
    const key = batchKey(batch);
    const depth = depths.get(key) ?? 0;
    depths.set(key, depth + 1);
    waves[depth] ??= [];
    waves[depth].push({ batch, index });
  }
  return waves;
}

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
