import type { KafkaClient } from '../kafkajs/client/client.ts';
import { connectTo, openReadCluster, READ_UNCOMMITTED, type ReadCluster, reconnect } from '../kafkajs/cluster/read-cluster.ts';
import { isTransient, rootFailure } from '../kafkajs/errors/failure.ts';
import type { LogAdmin, Position, TopicPartition } from '../log.ts';
import { offsetsOf, partitionsOf } from '../reader/start-positions.ts';
import { retryWhile } from '../retry.ts';

const PAUSES_MS = [50, 100, 200, 500];
const FOR_MS = 10_000;

/** Offsets of topics and groups. Calls go on for 10 s while brokers are away; ERR_LOG_UNKNOWN_TOPIC when there is no such topic. */
export async function createAdmin(client: KafkaClient): Promise<LogAdmin> {
  const cluster = openReadCluster(client, READ_UNCOMMITTED);
  await cluster.connect();

  function ask<Answer>(topic: string, question: () => Promise<Answer>): Promise<Answer> {
    let asked = false;
    return retryWhile(
      async () => {
        if (asked) await reconnect(cluster);
        asked = true;
        await connectTo(cluster, [topic]);
        return await question();
      },
      { retriable: (error) => isTransient(rootFailure(error)), pausesMs: PAUSES_MS, forMs: FOR_MS },
    );
  }

  const offsets = (topic: string, fromBeginning: boolean): Promise<readonly Position[]> =>
    ask(topic, async () => byPartition([...(await offsetsOf(cluster, partitionsOf(cluster, [topic]), { fromBeginning })).values()]));

  return {
    endOffsets: (topic) => offsets(topic, false),
    beginOffsets: (topic) => offsets(topic, true),
    committed: (groupId, topic) =>
      ask(topic, async () => {
        const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ topic, partition: partitionId }));
        return byPartition(await committedPositions(cluster, groupId, partitions));
      }),
    stop: () => cluster.disconnect(),
  };
}

function byPartition<Each extends Position>(positions: Each[]): Each[] {
  return positions.sort((a, b) => a.partition - b.partition);
}

/** Committed offsets; partitions without one are absent. */
async function committedPositions(
  cluster: ReadCluster,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<(Position & { readonly metadata: string })[]> {
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
