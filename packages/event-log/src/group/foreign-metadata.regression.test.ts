import { expect, it } from 'vitest';
import type { ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { encodeDoneRuns } from './commit-metadata.ts';
import { groupPositions } from './group-positions.ts';

const RUNS = [{ from: 2, length: 3 }];

/** The done offsets that a member reads for a partition whose group has committed offset 20 with this metadata. */
async function doneRunsOf(metadata: string) {
  const partition = { topic: 'in', partition: 0 };
  const member = { committed: async () => [{ ...partition, offset: 20n, metadata, unstable: false }] };
  const positions = await groupPositions({} as ReadCluster, member, [partition]);
  return positions.get('in/0')?.doneRuns;
}

// The first was read as 19 done offsets, which were then never handed over. MirrorMaker 2 copies metadata to a translated offset.
it.each([
  ['a version and a timestamp of another program', 'AQAAAYvP5WgA'],
  ['metadata of our own that was copied from another offset', encodeDoneRuns(21n, RUNS)],
])('takes %s for no knowledge: every offset above the committed one is open', async (_name, metadata) => {
  expect(await doneRunsOf(metadata)).toEqual([]);
});

it('reads the done offsets that belong to the committed one', async () => {
  expect(await doneRunsOf(encodeDoneRuns(20n, RUNS))).toEqual(RUNS);
});
