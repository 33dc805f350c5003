import { describe, expect, it } from 'vitest';
import type { Cluster, PartitionMetadata } from '../../kafkajs/cluster/internals.ts';
import { createFakeCluster } from '../testing/fake-cluster.ts';
import { countPartitions } from './count-partitions.ts';

/** The fake cluster, whose metadata lacks the topic at the first looks: another request's older answer took its place. */
function overwritten(looks: number): Cluster {
  const { cluster } = createFakeCluster({ t: [1, 1, 1] });
  let left = looks;
  return {
    ...cluster,
    findTopicPartitionMetadata(topic): readonly PartitionMetadata[] {
      left -= 1;
      return left >= 0 ? [] : cluster.findTopicPartitionMetadata(topic);
    },
  };
}

describe('countPartitions', () => {
  it('gives the number of partitions', async () => {
    expect(await countPartitions(overwritten(0), 't')).toBe(3);
  });

  it('does not take a topic whose metadata another request overwrote for one without partitions', async () => {
    expect(await countPartitions(overwritten(2), 't')).toBe(3);
  });

  it('fails where the topic stays away from the metadata, so that the caller asks again', async () => {
    await expect(countPartitions(overwritten(1_000), 't')).rejects.toThrow('t is not in the metadata');
  });

  it('says of a topic that no broker knows that it does not exist', async () => {
    expect(await countPartitions(createFakeCluster({ t: [1] }).cluster, 'none')).toBeUndefined();
  });
});
