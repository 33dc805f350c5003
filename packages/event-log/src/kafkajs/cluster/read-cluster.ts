import type { KafkaClient } from '../client/client.ts';
import { rootFailure } from '../errors/failure.ts';
import { LogError } from '../errors/log-error.ts';
import { createCluster } from './create-cluster.ts';
import type { Cluster } from './internals.ts';

export interface GroupCoordinator {
  /** Offset -1 if no offset is committed, or -2 after kafkajs reset a partition. */
  offsetFetch(request: { groupId: string; topics: readonly { topic: string; partitions: readonly { partition: number }[] }[] }): Promise<{
    responses: readonly {
      topic: string;
      partitions: readonly { partition: number; offset: string; metadata: string | null }[];
    }[];
  }>;
}

type OffsetQuery = { readonly topic: string; readonly partitions: readonly { partition: number }[] } & (
  | { readonly fromBeginning: boolean }
  | { readonly fromTimestamp: number }
);

type NotOfReaders = 'isConnected' | 'findControllerBroker';

/** kafkajs's cluster as readers use it: connections, metadata, leaders, offsets; no group. */
export interface ReadCluster extends Omit<Cluster, NotOfReaders | 'findGroupCoordinator' | 'fetchTopicsOffset'> {
  findGroupCoordinator(group: { groupId: string }): Promise<GroupCoordinator>;
  /** Offset -1 when no record is as young as the timestamp. */
  fetchTopicsOffset(
    queries: readonly OffsetQuery[],
  ): Promise<readonly { topic: string; partitions: readonly { partition: number; offset: string }[] }[]>;
}

export const READ_UNCOMMITTED = 0;
export const READ_COMMITTED = 1;

const METADATA_MAX_AGE_MS = 300_000;
/** Far above the longest wait of a fetch: a request without a response by then is lost, with its connection. */
export const REQUEST_TIMEOUT_MS = 6_000;

/**
 * A cluster for reading. With READ_COMMITTED the end of a partition is its last stable offset: where the first open transaction
 * begins, else the next offset to be written.
 */
export function openReadCluster(client: KafkaClient, isolationLevel = READ_COMMITTED): ReadCluster {
  return createCluster(client.open({ requestTimeout: REQUEST_TIMEOUT_MS }), {
    allowAutoTopicCreation: false,
    isolationLevel,
    metadataMaxAge: METADATA_MAX_AGE_MS,
  });
}

/** The same connections and metadata, but the end of a partition is the next offset to be written. */
export function uncommittedView(cluster: ReadCluster): ReadCluster {
  return Object.create(cluster, { isolationLevel: { value: READ_UNCOMMITTED } });
}

/** Connects and loads the metadata of the topics; ERR_LOG_UNKNOWN_TOPIC when one does not exist. */
export async function connectTo(cluster: ReadCluster, topics: readonly string[]): Promise<void> {
  await cluster.connect();
  try {
    await cluster.addMultipleTargetTopics(topics);
  } catch (error) {
    if (rootFailure(error).type !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    throw new LogError('ERR_LOG_UNKNOWN_TOPIC', `one of the topics ${topics.join(', ')} does not exist`, { cause: error });
  }
}

/**
 * Closes all connections and opens new ones. kafkajs keeps a connection on which requests time out, and hides that
 * behind errors of its own.
 */
export async function reconnect(cluster: ReadCluster): Promise<void> {
  await cluster.disconnect();
  await cluster.connect();
  await cluster.refreshMetadata();
}
