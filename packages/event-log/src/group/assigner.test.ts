import type { Cluster, Logger } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { loadKafka } from '../kafkajs/client/client.ts';
import { createCopartitionAssigner } from './assigner.ts';

function assigner(owned: readonly number[]) {
  const known = new Set<string>();
  const cluster = {
    addMultipleTargetTopics: async (topics: string[]) => void topics.forEach((topic) => void known.add(topic)),
    findTopicPartitionMetadata: (topic: string) => (known.has(topic) ? [0, 1, 2, 3].map((partitionId) => ({ partitionId })) : []),
  } as unknown as Cluster;
  return createCopartitionAssigner(() => owned)({ cluster, groupId: 'g', logger: {} as Logger });
}

describe('assigner', () => {
  it('shares partitions out by number over what the members tell it, and lets them keep what they had', async () => {
    const { MemberAssignment } = loadKafka().AssignerProtocol;
    const [first, second] = [assigner([3, 1]), assigner([])];
    const topics = ['pending', 'retry'];
    const shares = await first.assign({
      topics,
      members: [
        { memberId: 'b', memberMetadata: first.protocol({ topics }).metadata },
        { memberId: 'a', memberMetadata: second.protocol({ topics }).metadata },
      ],
    });
    const decoded = new Map(
      shares.map(({ memberId, memberAssignment }) => [memberId, MemberAssignment.decode(memberAssignment)?.assignment]),
    );
    expect(decoded.get('b')).toEqual({ pending: [1, 3], retry: [1, 3] });
    expect(decoded.get('a')).toEqual({ pending: [0, 2], retry: [0, 2] });
  });

  it('shares out a topic that the leader itself does not read', async () => {
    const { MemberAssignment } = loadKafka().AssignerProtocol;
    const leader = assigner([]);
    const [share] = await leader.assign({
      topics: ['pending'],
      members: [{ memberId: 'new', memberMetadata: leader.protocol({ topics: ['pending', 'retry'] }).metadata }],
    });
    expect(share && MemberAssignment.decode(share.memberAssignment)?.assignment).toEqual({ pending: [0, 1, 2, 3], retry: [0, 1, 2, 3] });
  });
});
