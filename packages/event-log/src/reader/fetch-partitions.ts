import { toLogRecord } from '../kafka-record.ts';
import { type FetchedPartitionData, READ_COMMITTED, type ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { renewConnections } from '../kafkajs/cluster/renew-connections.ts';
import { filterAbortedMessages } from '../kafkajs/patches/abort-filter.ts';
import type { LogRecord, Position, TopicPartition } from '../log.ts';

export interface Fetched extends TopicPartition {
  /** Committed records from the wanted offset on. */
  readonly records: readonly LogRecord[];
  /** The offset to fetch next; equal to the wanted one when the response held nothing. */
  readonly next: bigint;
  /** True when the broker has decided offsets above `next` but sent nothing: too many partitions shared the response, or the next batch is empty. */
  readonly withheld: boolean;
}

const MAX_WAIT_MS = 500;
const MAX_BYTES = 10_485_760;
const MAX_BYTES_PER_PARTITION = 1_048_576;

/** One Fetch request to one broker. Throws what kafkajs throws, for all partitions when one fails. */
export async function fetchPartitions(cluster: ReadCluster, nodeId: number, wanted: readonly Position[]): Promise<Fetched[]> {
  const broker = await cluster.findBroker({ nodeId });
  // Every partition gets its share of the response, so that only a large record leaves one out.
  const maxBytes = Math.min(MAX_BYTES_PER_PARTITION, Math.floor(MAX_BYTES / wanted.length));
  const byTopic = Map.groupBy(wanted, ({ topic }) => topic);
  const { responses } = await broker
    .fetch({
      isolationLevel: READ_COMMITTED,
      maxWaitTime: MAX_WAIT_MS,
      minBytes: 1,
      maxBytes: MAX_BYTES,
      topics: [...byTopic].map(([topic, positions]) => ({
        topic,
        partitions: positions.map(({ partition, offset }) => ({ partition, fetchOffset: String(offset), maxBytes })),
      })),
    })
    .catch((error) => {
      renewConnections(cluster, error, broker);
      throw error;
    });
  return responses.flatMap(({ topicName, partitions }) =>
    partitions.flatMap((data) => {
      const position = byTopic.get(topicName)?.find(({ partition }) => partition === data.partition);
      return position === undefined ? [] : [readPartition(position, data)];
    }),
  );
}

function readPartition({ topic, partition, offset }: Position, data: FetchedPartitionData): Fetched {
  // A batch is sent whole, also from its middle; and a compacted batch may end in offsets that no record has.
  const messages = data.messages.filter((message) => BigInt(message.offset) >= offset);
  const last = messages.at(-1);
  const passed = data.messages.length > 0 ? offset + 1n : offset;
  const next = last === undefined ? passed : BigInt(last.offset) + 1n;
  return {
    topic,
    partition,
    next,
    withheld: next === offset && BigInt(data.lastStableOffset) > offset,
    records: filterAbortedMessages({ messages, abortedTransactions: data.abortedTransactions })
      .filter((message) => !message.batchContext.isControlBatch)
      .map((message) => toLogRecord(topic, partition, message)),
  };
}
