import { committedPositions } from '../group/group-positions.ts';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import { connectTo, openReadCluster, READ_UNCOMMITTED, reconnect } from '../kafkajs/cluster/read-cluster.ts';
import { isTransient, rootFailure } from '../kafkajs/errors/failure.ts';
import type { LogAdmin, Position } from '../log.ts';
import { offsetsOf } from '../reader/start-positions.ts';
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
    ask(topic, async () => byPartition([...(await offsetsOf(cluster, [topic], { fromBeginning })).values()]));

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
