/**
 * The shapes of kafkajs 2.2.4 that its own type declarations leave out and that this package builds on. A test holds
 * them against the installed package.
 */

export interface PartitionMetadata {
  readonly partitionErrorCode: number;
  readonly partitionId: number;
  /** Node id; -1 while there is none. */
  readonly leader: number;
}

export interface ProtocolRequest {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  expectResponse?(): boolean;
  encode(): Promise<EncodedRequest>;
}

/** The part of kafkajs's Encoder that its request framing reads. */
export interface EncodedRequest {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

export interface ProtocolResponse<T> {
  decode(payload: Buffer): Promise<T>;
  parse(decoded: T): Promise<T>;
}

export interface Connection {
  readonly socket?: { destroy(error?: Error): void };
}

interface RequestSender {
  send<T>(exchange: {
    request: ProtocolRequest;
    response: ProtocolResponse<T>;
    requestTimeout?: number | null;
    logResponseError?: boolean;
  }): Promise<T>;
}

/** Sends Fetch requests on its second connection, all others on the first. */
export interface ConnectionPool extends RequestSender {
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly pool: readonly Connection[];
  /** Closes the connections when nothing is on the way any more. */
  destroy(): Promise<void>;
  /** Connects it where it is not. */
  getConnection(index: number): Promise<RequestSender>;
}

export interface TopicPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
}

export interface TransactionScope {
  readonly transactionalId: string;
  readonly producerId: string;
  readonly producerEpoch: number;
}

export interface Broker {
  readonly nodeId: number;
  connectionPool: ConnectionPool;
  readonly versions: Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>> | null;
  initProducerId(request: {
    transactionalId: string | undefined;
    transactionTimeout: number;
  }): Promise<{ producerId: string; producerEpoch: number }>;
  addPartitionsToTxn(request: TransactionScope & { topics: readonly TopicPartitions[] }): Promise<unknown>;
  addOffsetsToTxn(request: TransactionScope & { groupId: string }): Promise<unknown>;
  endTxn(request: TransactionScope & { transactionResult: boolean }): Promise<unknown>;
}

/** kafkajs's view of the cluster: one set of connections, one metadata cache. */
export interface Cluster {
  readonly targetTopics: Set<string>;
  readonly brokerPool: {
    /** By node id. */
    readonly brokers: Readonly<Record<string, Broker>>;
    /** The broker that `connect` reached. */
    readonly seedBroker?: Broker;
  };
  readonly connectionPoolBuilder: { build(address: { host: string; port: number; rack: string | null }): Promise<ConnectionPool> };
  isConnected(): boolean;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly PartitionMetadata[];
  findBroker(node: { nodeId: number }): Promise<Broker>;
  findControllerBroker(): Promise<Broker>;
  findGroupCoordinator(group: { groupId: string; coordinatorType?: number }): Promise<Broker>;
  fetchTopicsOffset(
    topics: readonly { topic: string; partitions: readonly { partition: number }[]; fromBeginning: boolean }[],
  ): Promise<readonly { topic: string; partitions: readonly { partition: number; offset: string }[] }[]>;
}

/** Coordinator type of FindCoordinator for transactional ids. */
export const TRANSACTION_COORDINATOR = 1;
