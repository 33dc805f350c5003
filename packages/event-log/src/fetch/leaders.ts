import type { Clock } from '../clock.ts';
import type { PartitionMetadata } from '../kafkajs/cluster/internals.ts';
import type { ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { renewConnections } from '../kafkajs/cluster/renew-connections.ts';
import type { TopicPartition } from '../log.ts';

const REFRESH_AT_MOST_EVERY_MS = 100;
/** Also without a failure: a new broker is in the metadata only. */
const REFRESH_AT_LEAST_EVERY_MS = 300_000;

/** The leaders of partitions, as the metadata of the cluster has them. */
export interface Leaders {
  /** The node id; undefined while there is none. */
  of(partition: TopicPartition): number | undefined;
  /** Refreshes the metadata, once per 100 ms at most, however often it is called. */
  refresh(): void;
  /** Resolves when no refresh is in flight. */
  stop(): Promise<void>;
}

export interface LeadersOptions {
  readonly cluster: Pick<ReadCluster, 'findTopicPartitionMetadata' | 'refreshMetadata' | 'brokerPool' | 'connectionPoolBuilder'>;
  readonly clock: Clock;
  /** Leaders may have changed, also by a refresh that another caller requested. */
  readonly onChanged: () => void;
  readonly onFailed: (error: unknown) => void;
}

interface KnownTopic {
  readonly metadata: readonly PartitionMetadata[];
  readonly leaders: ReadonlyMap<number, number>;
}

export function createLeaders({ cluster, clock, onChanged, onFailed }: LeadersOptions): Leaders {
  const topics = new Map<string, KnownTopic>();
  let stopped = false;
  let refreshing = false;
  let again = false;
  let lastRefresh: Promise<void> = Promise.resolve();
  let cancel = clock.after(REFRESH_AT_LEAST_EVERY_MS, refresh);

  function metadataOf(topic: string): readonly PartitionMetadata[] {
    try {
      return cluster.findTopicPartitionMetadata(topic);
    } catch {
      // kafkajs has no metadata between the end of its connections and the next refresh.
      return [];
    }
  }

  function leadersOf(topic: string): ReadonlyMap<number, number> {
    const metadata = metadataOf(topic);
    const known = topics.get(topic);
    // kafkajs replaces the metadata as a whole.
    if (known?.metadata === metadata) return known.leaders;
    const leaders = new Map(metadata.filter(({ leader }) => leader >= 0).map(({ partitionId, leader }) => [partitionId, leader]));
    topics.set(topic, { metadata, leaders });
    if (known !== undefined && !isSame(known.leaders, leaders)) queueMicrotask(onChanged);
    return leaders;
  }

  async function refreshOnce(): Promise<void> {
    try {
      await cluster.refreshMetadata();
      if (!stopped) onChanged();
    } catch (error) {
      if (stopped) return;
      renewConnections(cluster, error);
      onFailed(error);
    } finally {
      if (!stopped) cancel = clock.after(REFRESH_AT_MOST_EVERY_MS, allowNext);
    }
  }

  function allowNext(): void {
    refreshing = false;
    if (again) refresh();
    else cancel = clock.after(REFRESH_AT_LEAST_EVERY_MS, refresh);
  }

  function refresh(): void {
    if (stopped) return;
    again = refreshing;
    if (refreshing) return;
    refreshing = true;
    cancel();
    lastRefresh = refreshOnce();
  }

  return {
    of: ({ topic, partition }) => leadersOf(topic).get(partition),
    refresh,
    stop() {
      stopped = true;
      cancel();
      return lastRefresh;
    },
  };
}

function isSame(one: ReadonlyMap<number, number>, other: ReadonlyMap<number, number>): boolean {
  return one.size === other.size && [...one].every(([partition, leader]) => other.get(partition) === leader);
}
