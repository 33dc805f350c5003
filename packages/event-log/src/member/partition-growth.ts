import type { Clock } from '../clock.ts';
import type { Cluster } from '../kafkajs/cluster/internals.ts';
import { partitionCounts } from './share-out.ts';

type TopicMetadata = Pick<Cluster, 'refreshMetadata' | 'findTopicPartitionMetadata'>;

export interface PartitionGrowthOptions {
  readonly cluster: TopicMetadata;
  readonly topics: readonly string[];
  /** The topics have more partitions than were shared out. */
  readonly onGrown: () => void;
  readonly onFailed: (error: unknown) => void;
  readonly clock: Clock;
}

/** Looks for partitions that were added to topics, once in the maximum age of metadata. */
export interface PartitionGrowth {
  /** The partitions of the metadata are about to be shared out. Without `watch`, another member looks for more. */
  sharedOut(watch: boolean): void;
  /** Looks if it is time to. */
  look(): void;
}

const METADATA_MAX_AGE_MS = 300_000;

export function createPartitionGrowth({ cluster, topics, onGrown, onFailed, clock }: PartitionGrowthOptions): PartitionGrowth {
  let known: ReadonlyMap<string, number> | undefined;
  let lookedAt = 0;

  return {
    sharedOut(watch) {
      known = watch ? partitionCounts(cluster, topics) : undefined;
      lookedAt = clock.monotonic();
    },
    look() {
      const before = known;
      if (before === undefined || clock.monotonic() - lookedAt < METADATA_MAX_AGE_MS) return;
      lookedAt = clock.monotonic();
      cluster.refreshMetadata().then(() => {
        const now = partitionCounts(cluster, topics);
        if (known === before && [...now].some(([topic, count]) => count > (before.get(topic) ?? 0))) onGrown();
      }, onFailed);
    },
  };
}
