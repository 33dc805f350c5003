import type { Clock } from '../clock.ts';
import type { Cluster } from '../kafkajs/cluster/internals.ts';
import type { PartitionCounts } from '../wire/consumer-protocol.ts';
import { partitionCounts } from './share-out.ts';

export interface PartitionGrowthOptions {
  readonly cluster: Pick<Cluster, 'refreshMetadata' | 'findTopicPartitionMetadata'>;
  readonly topics: readonly string[];
  /** The topics have more partitions than were shared out. */
  readonly onGrown: () => void;
  readonly onFailed: (error: unknown) => void;
  readonly clock: Clock;
}

/**
 * Looks for partitions that are not shared out: at each assignment, and once in the maximum age of metadata. A static member may
 * be given an assignment that is older than a topic or some of its partitions, for its restart begins no new generation.
 */
export interface PartitionGrowth {
  /** `counts`: of the partitions that were shared out; undefined where the leader does not say. */
  sharedOut(counts: PartitionCounts | undefined): void;
  /** Looks if it is time to. */
  look(): void;
}

const METADATA_MAX_AGE_MS = 300_000;

export function createPartitionGrowth({ cluster, topics, onGrown, onFailed, clock }: PartitionGrowthOptions): PartitionGrowth {
  let shared: PartitionCounts = new Map();
  let lookedAt = 0;
  /** Partitions that were seen when this member asked last: a leader that does not see them is asked again only after a while. */
  let askedFor = 0;

  function compare({ atOnce }: { readonly atOnce: boolean }): void {
    const counts = [...partitionCounts(cluster, topics)];
    const total = counts.reduce((sum, [, count]) => sum + count, 0);
    if (counts.every(([topic, count]) => count <= (shared.get(topic) ?? 0)) || (atOnce && total === askedFor)) return;
    askedFor = total;
    onGrown();
  }

  return {
    sharedOut(counts) {
      lookedAt = clock.monotonic();
      shared = counts ?? partitionCounts(cluster, topics);
      compare({ atOnce: true });
    },
    look() {
      if (clock.monotonic() - lookedAt < METADATA_MAX_AGE_MS) return;
      lookedAt = clock.monotonic();
      const before = shared;
      cluster
        .refreshMetadata()
        .then(() => {
          if (shared === before) compare({ atOnce: false });
        })
        .catch(onFailed);
    },
  };
}
