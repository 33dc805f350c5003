import type { KafkaClient } from '../../kafkajs/client/client.ts';
import { clientOf } from '../../kafkajs/testing/client-of.ts';

/** A client whose cluster has topic `in` with one partition. */
export interface FakeClient {
  readonly client: KafkaClient;
  /** Where the partition begins, and where it ends for readers of committed records. */
  readonly state: { start: number; end: number };
}

export function createFakeClient(): FakeClient {
  const state = { start: 0, end: 0 };
  const cluster = {
    brokerPool: { brokers: {} },
    connect: async () => undefined,
    disconnect: async () => undefined,
    addMultipleTargetTopics: async () => undefined,
    refreshMetadata: async () => undefined,
    findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 1, partitionErrorCode: 0 }],
    fetchTopicsOffset: async ([{ fromBeginning }]: readonly [{ fromBeginning: boolean }]) => [
      { topic: 'in', partitions: [{ partition: 0, offset: String(fromBeginning ? state.start : state.end) }] },
    ],
  };
  return { client: clientOf(cluster), state };
}
