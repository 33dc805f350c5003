import type { Cluster } from '../kafkajs/cluster/internals.ts';
import { decodeMetadata, encodeAssignment } from '../wire/consumer-protocol.ts';
import { type Member, shareCopartitioned } from './copartition.ts';

interface MemberOfGroup {
  readonly memberId: string;
  readonly metadata: Buffer;
}

type TopicMetadata = Pick<Cluster, 'addMultipleTargetTopics' | 'findTopicPartitionMetadata' | 'refreshMetadata'>;

/**
 * The assignments that the leader of a group makes, by member id: partition p of every subscribed topic is given to the same member,
 * which keeps the partition numbers it has where shares allow (`shareCopartitioned`).
 */
export async function shareOut(cluster: TopicMetadata, group: readonly MemberOfGroup[]): Promise<ReadonlyMap<string, Buffer>> {
  const members = group.map(({ memberId, metadata }): Member => ({ id: memberId, ...decodeMetadata(metadata) }));
  const topics = [...new Set(members.flatMap((member) => member.topics))].sort();
  await cluster.addMultipleTargetTopics(topics);
  await cluster.refreshMetadata();
  const assignments = shareCopartitioned(members, partitionCounts(cluster, topics));
  return new Map([...assignments].map(([id, assignment]) => [id, encodeAssignment(assignment)]));
}

export function partitionCounts(
  cluster: Pick<Cluster, 'findTopicPartitionMetadata'>,
  topics: Iterable<string>,
): ReadonlyMap<string, number> {
  return new Map([...topics].map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length]));
}
