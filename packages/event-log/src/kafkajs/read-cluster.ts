import type { Kafka, KafkaMessage } from 'kafkajs';
import type { KafkaClient } from '../client.ts';
import type { AbortedTransaction, FetchedMessage } from './abort-filter.ts';
import type { PartitionMetadata } from './internals.ts';

export type RawMessage = KafkaMessage & FetchedMessage;

/** One partition of a Fetch response, as kafkajs decodes it. */
export interface FetchedPartitionData {
  readonly partition: number;
  /** End of what is decided: no open transaction below it. */
  readonly lastStableOffset: string;
  readonly messages: readonly RawMessage[];
  readonly abortedTransactions: readonly AbortedTransaction[] | null;
}

export interface FetchBroker {
  fetch(request: {
    isolationLevel: number;
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    topics: readonly {
      topic: string;
      partitions: readonly { partition: number; fetchOffset: string; maxBytes: number }[];
    }[];
  }): Promise<{ responses: readonly { topicName: string; partitions: readonly FetchedPartitionData[] }[] }>;
}

type OffsetQuery = { readonly topic: string; readonly partitions: readonly { partition: number }[] } & (
  | { readonly fromBeginning: boolean }
  | { readonly fromTimestamp: number }
);

/** kafkajs's cluster as readers use it: connections, metadata, leaders, offsets; no group. */
export interface ReadCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  removeBroker(address: { host: string; port: number }): void;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly PartitionMetadata[];
  findBroker(node: { nodeId: number }): Promise<FetchBroker>;
  /** Offsets as a reader of committed records sees them: the end is the last stable offset; -1 when no record is that young. */
  fetchTopicsOffset(
    queries: readonly OffsetQuery[],
  ): Promise<readonly { topic: string; partitions: readonly { partition: number; offset: string }[] }[]>;
}

export const READ_COMMITTED = 1;

const METADATA_MAX_AGE_MS = 300_000;

type CreateCluster = (options: { allowAutoTopicCreation: boolean; isolationLevel: number; metadataMaxAge: number }) => ReadCluster;

/**
 * A cluster of its own for reading committed records. kafkajs gives one only to its producers, consumers and admins, by
 * a factory under a private symbol of the instance.
 */
export function openReadCluster(client: KafkaClient): ReadCluster {
  const kafka = client.open() as Kafka & Record<symbol, unknown>;
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === 'private:Kafka:createCluster');
  const createCluster = symbol && kafka[symbol];
  if (typeof createCluster !== 'function') throw new Error('kafkajs has no private:Kafka:createCluster');
  return (createCluster as CreateCluster)({
    allowAutoTopicCreation: false,
    isolationLevel: READ_COMMITTED,
    metadataMaxAge: METADATA_MAX_AGE_MS,
  });
}
