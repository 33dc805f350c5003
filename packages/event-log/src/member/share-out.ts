import type { Cluster } from '../kafkajs/cluster/internals.ts';
import { decodeMetadata, encodeAssignment, type PartitionCounts } from '../wire/consumer-protocol.ts';
import { type TopicMetadata, withTopics } from './connect-member.ts';
import { type Member, shareCopartitioned } from './copartition.ts';

interface MemberOfGroup {
  readonly memberId: string;
  readonly metadata: Buffer;
}

/**
 * The assignments that the leader of a group makes, by member id: partition p of every subscribed topic is given to the same member,
 * which keeps the partition numbers it has where shares allow (`shareCopartitioned`). Each has the partition counts, for
 * partition-growth.ts.
 */
export async function shareOut(cluster: TopicMetadata, group: readonly MemberOfGroup[]): Promise<ReadonlyMap<string, Buffer>> {
  const members = group.map(({ memberId, metadata }): Member => ({ id: memberId, ...decodeMetadata(metadata) }));
  const topics = [...new Set(members.flatMap((member) => member.topics))].sort();
  const counts = await withTopics(cluster, topics, () => partitionCounts(cluster, topics));
  return new Map([...shareCopartitioned(members, counts)].map(([id, assignment]) => [id, encodeAssignment(assignment, counts)]));
}

export function partitionCounts(cluster: Pick<Cluster, 'findTopicPartitionMetadata'>, topics: Iterable<string>): PartitionCounts {
  return new Map([...topics].map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length]));
}
