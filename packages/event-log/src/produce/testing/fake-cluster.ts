import type { Cluster, PartitionMetadata } from '../../kafkajs/cluster/internals.ts';
import type { GroupMember } from '../../wire/group-member.ts';
import { createErrorFromCode, FakeBrokers, type Fault } from './fake-brokers.ts';
import type { FakeOffset } from './group-responses.ts';

/** Brokers in memory that keep sequences as Kafka does: enough to run a send path, ours or the stock one, against. */
export interface FakeCluster {
  readonly cluster: Cluster;
  /** Values of a partition in log order. */
  values(topic: string, partition: number): readonly string[];
  /** Faults for the next produce requests to a node, first in first out. */
  fail(nodeId: number, ...faults: readonly Fault[]): void;
  /** Error codes for the next AddPartitionsToTxn requests; 0 is success. */
  failAddPartitions(...codes: readonly number[]): void;
  /** Error codes for the next requests that end a transaction; 0 is success. */
  failEndTxn(...codes: readonly number[]): void;
  /** Error codes for the next InitProducerId requests; 0 is success. */
  failInitProducerId(...codes: readonly number[]): void;
  /** What every group has committed. */
  commitOffset(position: FakeOffset): void;
  /** Error codes for the next TxnOffsetCommit requests; 0 is success. */
  failOffsets(...codes: readonly number[]): void;
  /** The members that TxnOffsetCommit requests named. */
  readonly members: readonly GroupMember[];
  /** The connection closes in place of the next response to a TxnOffsetCommit. */
  loseOffsetsResponse(): void;
  /** Called before each request that ends a transaction or adds partitions to it gets its response. */
  onTransactionRequest(action: () => Promise<void>): void;
  moveLeader(topic: string, partition: number, nodeId: number): void;
  /** What the client requested, in order: `add …`, `produce …`, `metadata`. */
  readonly requests: readonly string[];
  /** Most produce requests that were in flight for one partition at the same time. */
  readonly mostInFlight: () => number;
}

export function createFakeCluster(topics: Readonly<Record<string, readonly number[]>>): FakeCluster {
  const brokers = new FakeBrokers(topics);
  const { codes, faults } = brokers;
  return {
    cluster: clusterOf(brokers),
    requests: brokers.requests,
    members: brokers.members,
    values: (topic, partition) => brokers.values(topic, partition),
    fail: (nodeId, ...more) => void faults.set(nodeId, [...(faults.get(nodeId) ?? []), ...more]),
    failAddPartitions: (...more) => void codes.addPartitions.push(...more),
    failEndTxn: (...more) => void codes.endTxn.push(...more),
    failInitProducerId: (...more) => void codes.init.push(...more),
    failOffsets: (...more) => void codes.offsets.push(...more),
    commitOffset: (position) => void brokers.committed.push(position),
    loseOffsetsResponse() {
      brokers.offsetsResponsesToLose += 1;
    },
    onTransactionRequest(action) {
      brokers.onTransactionRequest = action;
    },
    moveLeader(topic, partition, nodeId) {
      const leaders = brokers.leaders.get(topic);
      if (leaders !== undefined) leaders[partition] = nodeId;
    },
    mostInFlight: () => brokers.mostInFlight,
  };
}

/** kafkajs's view of the brokers: leaders are those of the last refresh. */
function clusterOf(brokers: FakeBrokers): Cluster {
  const targetTopics = new Set<string>();
  let known = structuredClone(brokers.leaders);
  return {
    targetTopics,
    brokerPool: { brokers: {} },
    connectionPoolBuilder: {
      build: async ({ host }: { host: string }) => brokers.createBroker(Number(host.slice('node-'.length))).connectionPool,
    },
    isConnected: () => true,
    connect: async () => undefined,
    disconnect: async () => undefined,
    async refreshMetadata() {
      brokers.requests.push('metadata');
      known = structuredClone(brokers.leaders);
    },
    refreshMetadataIfNecessary: async () => undefined,
    async addMultipleTargetTopics(names: readonly string[]) {
      for (const name of names) {
        if (!brokers.leaders.has(name)) throw createErrorFromCode(3);
        targetTopics.add(name);
      }
    },
    findTopicPartitionMetadata: (topic: string): readonly PartitionMetadata[] =>
      (known.get(topic) ?? []).map((leader, partitionId) => ({ partitionErrorCode: 0, partitionId, leader })),
    findBroker: async ({ nodeId }: { nodeId: number }) => brokers.broker(Number(nodeId)),
    findControllerBroker: async () => brokers.broker(1),
    findGroupCoordinator: async () => brokers.broker(1),
    fetchTopicsOffset: async () => [],
    ...forStockModule(() => known),
  };
}

/** What the stock module calls beyond `Cluster`. */
function forStockModule(known: () => ReadonlyMap<string, readonly number[]>) {
  return {
    retry: { retries: 5, initialRetryTime: 1, maxRetryTime: 2 },
    removeBroker: () => undefined,
    findLeaderForPartitions: (topic: string, partitions: readonly (string | number)[]) =>
      Object.fromEntries(Map.groupBy(partitions.map(Number), (partition) => known().get(topic)?.[partition] ?? -1)),
  };
}
