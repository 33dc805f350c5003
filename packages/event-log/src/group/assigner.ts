import type { Assigner, GroupMember, PartitionAssigner } from 'kafkajs';
import { loadKafka } from '../kafkajs/client/client.ts';
import { type Member, shareCopartitioned } from './copartition.ts';

/** The protocol of the delivery group. */
const NAME = 'switchboard-copartitioned';
// Later versions of the protocol carry members that kafkajs does not write.
const VERSION = 0;

/**
 * kafkajs assigner that gives partition p of every subscribed topic to the same member (`shareCopartitioned`). `owned`
 * names the partition numbers this member has now; the leader lets it keep them where shares allow.
 */
export function createCopartitionAssigner(owned: () => readonly number[], name = NAME): PartitionAssigner {
  const { MemberMetadata, MemberAssignment } = loadKafka().AssignerProtocol;

  function toMember({ memberId, memberMetadata }: GroupMember): Member {
    const subscription = MemberMetadata.decode(memberMetadata);
    return { id: memberId, topics: subscription?.topics ?? [], owned: decodeNumbers(subscription?.userData) };
  }

  return ({ cluster }): Assigner => ({
    name,
    version: VERSION,
    protocol: ({ topics }) => ({
      name,
      metadata: MemberMetadata.encode({ version: VERSION, topics, userData: encodeNumbers(owned()) }),
    }),
    async assign({ members: group }) {
      const members = group.map(toMember);
      const topics = [...new Set(members.flatMap((member) => member.topics))].sort();
      await cluster.addMultipleTargetTopics(topics);
      const counts = new Map(topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length]));
      return [...shareCopartitioned(members, counts)].map(([memberId, assignment]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({ version: VERSION, assignment, userData: Buffer.alloc(0) }),
      }));
    },
  });
}

function encodeNumbers(numbers: readonly number[]): Buffer {
  return Buffer.from(Int32Array.from(numbers).buffer);
}

function decodeNumbers(bytes: Buffer | null | undefined): readonly number[] {
  if (!bytes || bytes.length % 4 !== 0) return [];
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readInt32LE(index * 4));
}
