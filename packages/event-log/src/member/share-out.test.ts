import { describe, expect, it } from 'vitest';
import { decodeAssignment, encodeMetadata } from '../wire/consumer-protocol.ts';
import { shareOut } from './share-out.ts';
import { createFakeGroup } from './testing/fake-group.ts';

async function setUp(members: Readonly<Record<string, { readonly topics: readonly string[]; readonly owned: readonly number[] }>>) {
  const { cluster, trouble } = createFakeGroup({ pending: 4, retry: 4 });
  await cluster.addMultipleTargetTopics(['pending']);
  const group = Object.entries(members).map(([memberId, metadata]) => ({ memberId, metadata: encodeMetadata(metadata) }));
  return {
    cluster,
    trouble,
    async shares() {
      const shares = [...(await shareOut(cluster, group))].map(([memberId, bytes]) => [memberId, decodeAssignment(bytes).assignment]);
      return Object.fromEntries(shares);
    },
    async counts() {
      return [...(await shareOut(cluster, group)).values()].map((bytes) => decodeAssignment(bytes).counts);
    },
  };
}

const topics = ['pending', 'retry'];
const two = { new: { topics, owned: [] }, old: { topics: ['pending'], owned: [] } };

describe('shareOut', () => {
  it('shares partitions out by number over what the members tell it, and lets them keep what they had', async () => {
    const { shares } = await setUp({ b: { topics, owned: [3, 1, -7] }, a: { topics, owned: [] } });
    expect(await shares()).toEqual({
      b: { pending: [1, 3], retry: [1, 3] },
      a: { pending: [0, 2], retry: [0, 2] },
    });
  });

  it('shares out a topic that the leader itself does not read', async () => {
    const { shares } = await setUp(two);
    expect(await shares()).toMatchObject({ new: { retry: [0, 1, 2, 3] } });
  });

  it('tells each member how many partitions the topics have', async () => {
    const { counts } = await setUp(two);
    const expected = new Map([
      ['pending', 4],
      ['retry', 4],
    ]);
    expect(await counts()).toEqual([expected, expected]);
  });

  it('asks for the topics of other members only while it shares out', async () => {
    const { cluster, shares } = await setUp(two);
    await shares();
    expect([...cluster.targetTopics]).toEqual(['pending']);
  });

  it('shares out the others where the metadata of a topic of another member has an error', async () => {
    const { cluster, trouble, shares } = await setUp(two);
    trouble.topics.add('retry');
    expect(await shares()).toMatchObject({ old: { pending: [1, 3] }, new: { pending: [0, 2] } });
    expect([...cluster.targetTopics]).toEqual(['pending']);
    await cluster.refreshMetadata();
  });
});
