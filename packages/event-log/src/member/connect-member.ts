import type { Cluster } from '../kafkajs/cluster/internals.ts';
import { protocolCode } from '../kafkajs/errors/errors.ts';

/**
 * Connects, and loads the brokers and the metadata of the topics. A topic with an error is no failure: a member that is in the group
 * continues with the other topics.
 */
export async function connectMember(cluster: Cluster, topics: readonly string[]): Promise<void> {
  await cluster.connect();
  cluster.targetTopics.clear();
  try {
    await cluster.addMultipleTargetTopics(topics);
  } catch (error) {
    throwUnlessOfTopic(error);
    // kafkajs takes the brokers over only from a response without an error, as that for no topic in particular is.
    cluster.targetTopics.clear();
    await cluster.refreshMetadata();
  }
}

/**
 * Runs `use` with the metadata of these topics, which may be those of other members. Without those that have an error: kafkajs fails
 * each refresh for as long as such a topic is among its topics.
 */
export async function withTopics<Result>(cluster: TopicMetadata, topics: readonly string[], use: () => Result): Promise<Result> {
  const own = new Set(cluster.targetTopics);
  try {
    for (const topic of topics) {
      await cluster.addMultipleTargetTopics([topic]).catch((error: unknown) => {
        throwUnlessOfTopic(error);
        cluster.targetTopics.delete(topic);
      });
    }
    await cluster.refreshMetadata().catch(throwUnlessOfTopic);
    return use();
  } finally {
    for (const topic of cluster.targetTopics) if (!own.has(topic)) cluster.targetTopics.delete(topic);
  }
}

export type TopicMetadata = Pick<Cluster, 'targetTopics' | 'addMultipleTargetTopics' | 'findTopicPartitionMetadata' | 'refreshMetadata'>;

function throwUnlessOfTopic(error: unknown): void {
  if (protocolCode(error) === undefined) throw error;
}
