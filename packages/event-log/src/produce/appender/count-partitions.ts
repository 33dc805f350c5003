import type { Cluster } from '../../kafkajs/cluster/internals.ts';
import { renewConnections } from '../../kafkajs/cluster/renew-connections.ts';
import { protocolCode } from '../../kafkajs/errors/errors.ts';
import { retryWhile } from '../../retry.ts';

type Topics = Pick<Cluster, 'addMultipleTargetTopics' | 'refreshMetadataIfNecessary' | 'findTopicPartitionMetadata'>;

const NO_SUCH_TOPIC = [3, 17];
const PAUSES_MS = [50, 100, 150, 200];
const FOR_MS = 400;

/** How many partitions the topic has; undefined when it does not exist. Rejects when the cluster cannot say. */
export async function countPartitions(cluster: Cluster, topic: string): Promise<number | undefined> {
  try {
    // Some brokers may not know a new topic yet.
    return await retryWhile(() => count(cluster, topic), { retriable: isPassing, pausesMs: PAUSES_MS, forMs: FOR_MS });
  } catch (error) {
    if (isMissing(error)) return undefined;
    renewConnections(cluster, error);
    throw error;
  }
}

/** The metadata no longer has the topic: the response to an earlier request, for fewer topics, arrived later. */
class TopicOverwritten extends Error {
  override readonly name = 'TopicOverwritten';
}

async function count(cluster: Topics, topic: string): Promise<number> {
  await cluster.addMultipleTargetTopics([topic]);
  await cluster.refreshMetadataIfNecessary();
  const { length } = cluster.findTopicPartitionMetadata(topic);
  if (length === 0) throw new TopicOverwritten(`${topic} is not in the metadata although it was asked for`);
  return length;
}

const isMissing = (error: unknown): boolean => NO_SUCH_TOPIC.includes(protocolCode(error) ?? 0);
const isPassing = (error: unknown): boolean => isMissing(error) || error instanceof TopicOverwritten;
