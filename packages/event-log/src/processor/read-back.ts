import type { KafkaClient } from '../client.ts';
import { type Clock, systemClock } from '../clock.ts';
import { isTransient, rootFailure } from '../kafkajs/failure.ts';
import { connectTo, openReadCluster, type ReadCluster } from '../kafkajs/read-cluster.ts';
import type { LogRecord, TopicPartition } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import { fetchPartitions } from '../reader/fetch-partitions.ts';
import { offsetsOf } from '../reader/start-positions.ts';
import { retryWhile } from '../retry.ts';

const PAUSES_MS = [50, 100, 200, 500];
const FOR_MS = 10_000;
/** Fetches without an answer after which the log's begin is looked at again; each waits half a second. */
const EMPTY_FETCHES = 3;

/** The brokers may say more in a while. */
class Unanswered extends Error {
  override readonly name = 'Unanswered';
  readonly retriable = true;
}

/**
 * The records of a partition with offsets in [from, to), as far as they still exist; `to` is an offset that was committed.
 * Rejects when that is not known within 10 s: never gives a part of them.
 */
export async function readBack(
  client: KafkaClient,
  partition: TopicPartition,
  from: bigint,
  to: bigint,
  clock: Clock = systemClock,
): Promise<readonly LogRecord[]> {
  if (from >= to) return [];
  const cluster = openReadCluster(client);
  try {
    return await retryWhile(() => readRange(cluster, partition, from, to), {
      retriable: (error) => isTransient(rootFailure(error)),
      pausesMs: PAUSES_MS,
      forMs: FOR_MS,
      clock,
    });
  } finally {
    await cluster.disconnect();
  }
}

async function readRange(cluster: ReadCluster, partition: TopicPartition, from: bigint, to: bigint): Promise<readonly LogRecord[]> {
  await connectTo(cluster, [partition.topic]);
  await cluster.refreshMetadata();
  const records: LogRecord[] = [];
  let next = later(from, await beginOf(cluster, partition));
  let empty = 0;
  while (next < to) {
    const [fetched] = await fetchPartitions(cluster, leaderOf(cluster, partition), [{ ...partition, offset: next }]);
    records.push(...(fetched?.records.filter(({ offset }) => offset < to) ?? []));
    // Decided above and nothing sent, to a request for this alone: compaction has emptied the batch.
    const reached = fetched === undefined ? next : fetched.withheld ? next + 1n : fetched.next;
    empty = reached > next ? 0 : empty + 1;
    next = reached;
    if (empty < EMPTY_FETCHES) continue;
    const begin = await beginOf(cluster, partition);
    if (begin <= next) throw new Unanswered(`${keyOf(partition)}: nothing is read at ${next}, before ${to}`);
    next = begin;
    empty = 0;
  }
  return records;
}

async function beginOf(cluster: ReadCluster, partition: TopicPartition): Promise<bigint> {
  return (await offsetsOf(cluster, [partition.topic], { fromBeginning: true })).get(keyOf(partition))?.offset ?? 0n;
}

function leaderOf(cluster: ReadCluster, { topic, partition }: TopicPartition): number {
  const leader = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition)?.leader;
  if (leader === undefined) throw new Unanswered(`${keyOf({ topic, partition })} has no leader`);
  return leader;
}

function later(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
