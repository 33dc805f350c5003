import type { KafkaClient } from '../client.ts';
import { isTransient, rootFailure } from '../kafkajs/failure.ts';
import { connectTo, openReadCluster, type ReadCluster } from '../kafkajs/read-cluster.ts';
import type { LogRecord, TopicPartition } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import { fetchPartitions } from '../reader/fetch-partitions.ts';
import { offsetsOf } from '../reader/start-positions.ts';
import { retryWhile } from '../retry.ts';

const PAUSES_MS = [50, 100, 200, 500];
const FOR_MS = 10_000;
/** Fetches without an answer after which the rest counts as deleted; each waits half a second. */
const EMPTY_FETCHES = 3;

/** The records of a partition with offsets in [from, to), as far as they still exist. */
export async function readBack(client: KafkaClient, partition: TopicPartition, from: bigint, to: bigint): Promise<readonly LogRecord[]> {
  if (from >= to) return [];
  const cluster = openReadCluster(client);
  try {
    return await retryWhile(() => readRange(cluster, partition, from, to), {
      retriable: (error) => isTransient(rootFailure(error)),
      pausesMs: PAUSES_MS,
      forMs: FOR_MS,
    });
  } finally {
    await cluster.disconnect();
  }
}

async function readRange(cluster: ReadCluster, partition: TopicPartition, from: bigint, to: bigint): Promise<readonly LogRecord[]> {
  await connectTo(cluster, [partition.topic]);
  await cluster.refreshMetadata();
  const begin = (await offsetsOf(cluster, [partition.topic], { fromBeginning: true })).get(keyOf(partition))?.offset ?? 0n;
  const records: LogRecord[] = [];
  let next = from > begin ? from : begin;
  let empty = 0;
  while (next < to && empty < EMPTY_FETCHES) {
    const leader = cluster
      .findTopicPartitionMetadata(partition.topic)
      .find(({ partitionId }) => partitionId === partition.partition)?.leader;
    if (leader === undefined) break;
    const [fetched] = await fetchPartitions(cluster, leader, [{ ...partition, offset: next }]);
    if (fetched === undefined || fetched.next === next) {
      empty += 1;
      continue;
    }
    records.push(...fetched.records.filter(({ offset }) => offset < to));
    next = fetched.next;
  }
  return records;
}
