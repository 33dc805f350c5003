import { type Clock, systemClock } from '../clock.ts';
import { mayPass } from '../fetch/may-pass.ts';
import { fetchOnce } from '../fetch/send-fetch.ts';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import { connectTo, openReadCluster, type ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import type { LogRecord, TopicPartition } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import { offsetsOf } from '../reader/start-positions.ts';
import { retryWhile } from '../retry.ts';

const PAUSES_MS = [50, 100, 200, 500];
const FOR_MS = 10_000;
const LIMITS = { maxWaitMs: 500, maxBytes: 10_485_760, maxBytesPerPartition: 1_048_576 };
/** Fetches without records after which the log start offset is looked up again; each waits half a second. */
const EMPTY_FETCHES = 3;

/** Retriable: the partition has no leader, or the response was empty. */
class NotReadable extends Error {
  override readonly name = 'NotReadable';
  readonly retriable = true;
}

/**
 * The records of a partition with offsets in [from, to), as far as they still exist, in order and as many at a time as a fetch brings; `to`
 * is an offset that was committed. Throws when the next records are not known within 10 s: never ends after a part of them.
 */
export async function* readBack(
  client: KafkaClient,
  partition: TopicPartition,
  from: bigint,
  to: bigint,
  clock: Clock = systemClock,
): AsyncGenerator<readonly LogRecord[]> {
  if (from >= to) return;
  const cluster = openReadCluster(client);
  let connected = false;
  let next = from;
  const step = async () => {
    if (!connected) {
      await connectTo(cluster, [partition.topic]);
      await cluster.refreshMetadata();
      next = later(next, await logStartOf(cluster, partition));
    }
    // Until there is a response: after an error the partition may have another leader, and another log start offset.
    connected = false;
    const found = next < to ? await readFrom(cluster, partition, next, clock) : { records: [], reached: next };
    connected = true;
    return found;
  };
  try {
    while (next < to) {
      const { records, reached } = await retryWhile(step, {
        // Also an offset that is out of range: retention may delete the next records, and the next step looks up the log start offset.
        retriable: mayPass,
        pausesMs: PAUSES_MS,
        forMs: FOR_MS,
        clock,
      });
      yield records.filter(({ offset }) => offset < to);
      next = reached;
    }
  } finally {
    await cluster.disconnect();
  }
}

/** The records at the offset and after it, and the offset that follows them. */
async function readFrom(
  cluster: ReadCluster,
  partition: TopicPartition,
  offset: bigint,
  clock: Clock,
): Promise<{ readonly records: readonly LogRecord[]; readonly reached: bigint }> {
  for (let empty = 0; empty < EMPTY_FETCHES; empty += 1) {
    const { records, next } = await fetchOnce(cluster, leaderOf(cluster, partition), { ...partition, offset }, { ...LIMITS, clock });
    if (next > offset) return { records, reached: next };
  }
  const start = await logStartOf(cluster, partition);
  if (start <= offset) throw new NotReadable(`${keyOf(partition)}: no record is read at ${offset}`);
  return { records: [], reached: start };
}

async function logStartOf(cluster: ReadCluster, partition: TopicPartition): Promise<bigint> {
  return (await offsetsOf(cluster, [partition], { fromBeginning: true })).get(keyOf(partition))?.offset ?? 0n;
}

function leaderOf(cluster: ReadCluster, { topic, partition }: TopicPartition): number {
  const leader = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition)?.leader;
  if (leader === undefined || leader < 0) throw new NotReadable(`${keyOf({ topic, partition })} has no leader`);
  return leader;
}

function later(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
