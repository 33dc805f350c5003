import { describe, expect, it } from 'vitest';
import { createFakeFetchCluster } from '../fetch/testing/fake-fetch-cluster.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { knownOffsetsOf, partitionsOf } from './start-positions.ts';

describe('known offsets', () => {
  it.each<[readonly number[], readonly string[]]>([
    [[1, -1], ['t/0']],
    [
      [1, 2],
      ['t/0', 't/1'],
    ],
    [[], []],
  ])('are those of partitions whose leaders respond: %j', async (leaders, keys) => {
    const { cluster } = createFakeFetchCluster({ t: leaders }, createManualClock());
    expect([...(await knownOffsetsOf(cluster, partitionsOf(cluster, ['t']), { fromBeginning: false })).keys()].sort()).toEqual(keys);
  });

  it('are an error if no leader responds', async () => {
    const { cluster } = createFakeFetchCluster({ t: [-1, -1] }, createManualClock());
    await expect(knownOffsetsOf(cluster, partitionsOf(cluster, ['t']), { fromBeginning: false })).rejects.toThrow('Closed connection');
  });
});
