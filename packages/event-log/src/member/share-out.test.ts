import { describe, expect, it } from 'vitest';
import type { Cluster } from '../kafkajs/cluster/internals.ts';
import { decodeAssignment, encodeMetadata } from '../wire/consumer-protocol.ts';
import { shareOut } from './share-out.ts';

/** Topics with 4 partitions each, known once they are asked for. */
function createCluster() {
  const known = new Set<string>();
  return {
    addMultipleTargetTopics: async (topics: readonly string[]) => void topics.forEach((topic) => void known.add(topic)),
    refreshMetadata: async () => undefined,
    findTopicPartitionMetadata: (topic: string) => (known.has(topic) ? [0, 1, 2, 3].map((partitionId) => ({ partitionId })) : []),
  } as unknown as Cluster;
}

async function shares(members: Readonly<Record<string, { readonly topics: readonly string[]; readonly owned: readonly number[] }>>) {
  const group = Object.entries(members).map(([memberId, metadata]) => ({ memberId, metadata: encodeMetadata(metadata) }));
  const assignments = await shareOut(createCluster(), group);
  return Object.fromEntries([...assignments].map(([memberId, assignment]) => [memberId, decodeAssignment(assignment)]));
}

describe('shareOut', () => {
  it('shares partitions out by number over what the members tell it, and lets them keep what they had', async () => {
    const topics = ['pending', 'retry'];
    expect(await shares({ b: { topics, owned: [3, 1] }, a: { topics, owned: [] } })).toEqual({
      b: { pending: [1, 3], retry: [1, 3] },
      a: { pending: [0, 2], retry: [0, 2] },
    });
  });

  it('shares out a topic that the leader itself does not read', async () => {
    const topics = ['pending', 'retry'];
    expect(await shares({ new: { topics, owned: [] }, old: { topics: ['pending'], owned: [] } })).toMatchObject({
      new: { retry: [0, 1, 2, 3] },
    });
  });
});
