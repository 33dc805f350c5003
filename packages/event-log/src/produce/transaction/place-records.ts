import type { Cluster } from '../../kafkajs/cluster/internals.ts';
import type { OutRecord, Position } from '../../log.ts';
import { partitionOf } from '../../partition-of.ts';
import type { BatchOutcome, OutBatch } from '../send-path/batch.ts';
import { splitBatches } from '../send-path/split-batches.ts';

/** The records of a transaction in batches of their partitions. */
export interface PlacedRecords {
  readonly batches: readonly OutBatch[];
  /** The positions of the records, in their order, after the outcomes of the batches. */
  positionsOf(outcomes: readonly BatchOutcome[]): readonly Position[];
}

/** Finds the partition of each record. Throws when a topic does not exist or the cluster gives no metadata. */
export async function placeRecords(cluster: Cluster, records: readonly OutRecord[]): Promise<PlacedRecords> {
  const topics = [...new Set(records.map(({ topic }) => topic))];
  if (topics.length > 0) {
    await cluster.addMultipleTargetTopics(topics);
    await cluster.refreshMetadataIfNecessary();
  }
  const now = Date.now();
  const indexes = new Map<string, { topic: string; partition: number; records: number[] }>();
  for (const [index, { topic, key, partition: given }] of records.entries()) {
    const partition = given ?? partitionOf(key, cluster.findTopicPartitionMetadata(topic).length);
    const name = `${topic}/${partition}`;
    const group = indexes.get(name) ?? { topic, partition, records: [] };
    group.records.push(index);
    indexes.set(name, group);
  }
  const groups = [...indexes.values()].map((group) => ({
    ...group,
    batches: splitBatches({
      topic: group.topic,
      partition: group.partition,
      records: group.records.map((index) => {
        const { key, value, headers = [], timestamp = now } = records[index] as OutRecord;
        return { key, value, headers, timestamp };
      }),
    }),
  }));
  return {
    batches: groups.flatMap(({ batches }) => batches),
    positionsOf(outcomes) {
      const positions = new Array<Position>(records.length);
      let batchIndex = 0;
      for (const { topic, partition, records: members, batches } of groups) {
        let member = 0;
        for (const batch of batches) {
          const outcome = outcomes[batchIndex];
          batchIndex += 1;
          const base = outcome?.kind === 'written' ? outcome.baseOffset : -1n;
          for (let within = 0; within < batch.records.length; within += 1) {
            positions[members[member] as number] = { topic, partition, offset: base < 0n ? base : base + BigInt(within) };
            member += 1;
          }
        }
      }
      return positions;
    },
  };
}
