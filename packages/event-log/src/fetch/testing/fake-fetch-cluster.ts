import { createRequire } from 'node:module';
import type { Clock } from '../../clock.ts';
import type { ProtocolRequest, ProtocolResponse } from '../../kafkajs/cluster/internals.ts';
import { READ_UNCOMMITTED, type ReadCluster } from '../../kafkajs/cluster/read-cluster.ts';
import type { MetadataResponse } from '../../kafkajs/patches/leaderless-metadata.ts';
import { kafkajsPath, loadKafkajs } from '../../kafkajs/patches/load-kafkajs.ts';
import { BrokerSessions } from './broker-sessions.ts';
import { FakeLog } from './fake-log.ts';
import { encodeFetchResponse, type FetchCall, type PartitionData, readFetchRequest } from './fetch-messages.ts';

loadKafkajs();
const require = createRequire(import.meta.url);
const { parse } = require(kafkajsPath('src/protocol/requests/metadata/v0/response.js')) as MetadataResponse;
const { KafkaJSConnectionClosedError } = require(kafkajsPath('src/errors.js')) as {
  KafkaJSConnectionClosedError: new (message: string, address: { host: string; port: number }) => Error;
};

/** What the next request to a broker comes to. */
export type FetchFault = 'request lost' | 'response lost' | 'silence' | { readonly throttleMs?: number; readonly errorCode?: number };

export interface FakeFetchCluster {
  readonly cluster: ReadCluster;
  readonly log: FakeLog;
  /** What was requested, in order: `1: full t/0@5`, `1: +t/0@6 -t/1`, `1: alone t/0@6`, `metadata`. */
  readonly requests: string[];
  /** Faults of the next requests to a node, first in first out. */
  fail(nodeId: number, ...faults: readonly FetchFault[]): void;
  moveLeader(topic: string, partition: number, nodeId: number): void;
  sessionsOf(nodeId: number): BrokerSessions;
  /** Errors of the next metadata refreshes. */
  readonly metadataErrors: Error[];
  /** Nodes that no connection can be made to. */
  readonly unreachable: Set<number>;
}

/** Brokers that serve Fetch requests from memory; `topics` has the leader of each partition. */
export function createFakeFetchCluster(topics: Readonly<Record<string, readonly number[]>>, clock: Clock): FakeFetchCluster {
  const brokers = new FakeFetchBrokers(topics, clock);
  const { log, requests, metadataErrors, unreachable, faults } = brokers;
  return {
    cluster: clusterOf(brokers, topics),
    log,
    requests,
    fail: (nodeId, ...more) => void faults.set(nodeId, [...(faults.get(nodeId) ?? []), ...more]),
    moveLeader(topic, partition, nodeId) {
      log.get({ topic, partition }).leader = nodeId;
    },
    sessionsOf: (nodeId) => brokers.sessionsOf(nodeId),
    metadataErrors,
    unreachable,
  };
}

class FakeFetchBrokers {
  readonly log = new FakeLog();
  readonly requests: string[] = [];
  readonly faults = new Map<number, FetchFault[]>();
  readonly metadataErrors: Error[] = [];
  readonly unreachable = new Set<number>();
  readonly #sessions = new Map<number, BrokerSessions>();
  readonly #clock: Clock;

  constructor(topics: Readonly<Record<string, readonly number[]>>, clock: Clock) {
    this.#clock = clock;
    for (const [topic, leaders] of Object.entries(topics)) {
      leaders.forEach((leader, partition) => {
        this.log.add({ topic, partition }, leader);
      });
    }
  }

  sessionsOf(nodeId: number): BrokerSessions {
    const found = this.#sessions.get(nodeId) ?? new BrokerSessions();
    this.#sessions.set(nodeId, found);
    return found;
  }

  broker(nodeId: number) {
    return {
      nodeId,
      versions: { 1: { minVersion: 0, maxVersion: 13 } },
      connectionPool: {
        host: `node-${nodeId}`,
        port: 9092,
        rack: null,
        pool: [],
        destroy: async () => undefined,
        send: async <T>({ request, response }: { request: ProtocolRequest; response: ProtocolResponse<T> }): Promise<T> => {
          const { buffer } = await request.encode();
          return response.parse(await response.decode(await this.#serve(nodeId, readFetchRequest(buffer))));
        },
      },
    };
  }

  async #serve(nodeId: number, call: FetchCall): Promise<Buffer> {
    this.requests.push(`${nodeId}: ${describeCall(call)}`);
    const fault = this.faults.get(nodeId)?.shift();
    await new Promise(setImmediate);
    if (fault === 'silence') return await new Promise(() => undefined);
    if (fault === 'request lost') throw closed(nodeId);
    const sessions = this.sessionsOf(nodeId);
    const opened = sessions.open(call);
    if (fault === 'response lost') throw closed(nodeId);
    if (opened.errorCode !== 0) return encodeFetchResponse({ errorCode: opened.errorCode });
    if (typeof fault === 'object' && fault.errorCode !== undefined) return encodeFetchResponse(fault);
    const read = () => this.log.read(nodeId, opened.positions, call);
    const hasSome = ({ errorCode, batches }: PartitionData): boolean => errorCode !== 0 || batches.length > 0;
    let partitions = read();
    if (!partitions.some(hasSome) && fault === undefined) {
      await this.#untilMore(call.maxWaitMs);
      partitions = read();
    }
    for (const { topic, partition, batches } of partitions) {
      if (batches.length > 0) sessions.moveToEnd(opened.sessionId, { topic, partition });
    }
    return encodeFetchResponse({
      throttleMs: typeof fault === 'object' ? (fault.throttleMs ?? 0) : 0,
      sessionId: opened.sessionId,
      partitions: opened.incremental ? partitions.filter(hasSome) : partitions,
    });
  }

  #untilMore(maxWaitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const over = (): void => {
      cancel();
      this.log.onAppend.delete(over);
      resolve();
    };
    const cancel = this.#clock.after(maxWaitMs, over);
    this.log.onAppend.add(over);
    return promise;
  }
}

/** kafkajs's view of the brokers: leaders are those of the last refresh, which is checked as kafkajs does. */
function clusterOf(brokers: FakeFetchBrokers, topics: Readonly<Record<string, readonly number[]>>): ReadCluster {
  const { log, requests, metadataErrors, unreachable } = brokers;
  const leadersOf = (topic: string, count: number) =>
    Array.from({ length: count }, (_, partition) => {
      const { leader } = log.get({ topic, partition });
      return { partitionErrorCode: leader < 0 ? 5 : 0, partitionId: partition, leader };
    });
  const metadata = () => new Map(Object.entries(topics).map(([topic, { length }]) => [topic, leadersOf(topic, length)]));
  let known = metadata();
  const offsetOf = (topic: string, partition: number, fromBeginning: boolean, isolationLevel: number): bigint => {
    const { leader, logStart, lastStableOffset } = log.get({ topic, partition });
    if (leader < 0 || unreachable.has(leader)) throw closed(leader);
    if (fromBeginning) return logStart;
    const end = log.end({ topic, partition });
    return isolationLevel === READ_UNCOMMITTED ? end : (lastStableOffset ?? end);
  };
  const cluster = {
    brokerPool: { brokers: {} },
    connectionPoolBuilder: { build: async () => brokers.broker(0).connectionPool },
    connect: async () => undefined,
    disconnect: async () => undefined,
    async refreshMetadata() {
      requests.push('metadata');
      await new Promise(setImmediate);
      const error = metadataErrors.shift();
      if (error !== undefined) throw error;
      const next = metadata();
      await parse({ topicMetadata: [...next.values()].map((partitionMetadata) => ({ topicErrorCode: 0, partitionMetadata })) });
      known = next;
    },
    addMultipleTargetTopics: async () => undefined,
    isolationLevel: 1,
    async fetchTopicsOffset(queries: readonly { topic: string; partitions: readonly { partition: number }[]; fromBeginning?: boolean }[]) {
      return queries.map(({ topic, partitions, fromBeginning = false }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({
          partition,
          offset: String(offsetOf(topic, partition, fromBeginning, this.isolationLevel)),
        })),
      }));
    },
    findTopicPartitionMetadata: (topic: string) => known.get(topic) ?? [],
    async findBroker({ nodeId }: { nodeId: number }) {
      if (!unreachable.has(nodeId)) return brokers.broker(nodeId);
      requests.push(`${nodeId}: unreachable`);
      throw closed(nodeId);
    },
  };
  return cluster as unknown as ReadCluster;
}

function describeCall({ epoch, partitions, forgotten }: FetchCall): string {
  const named = partitions.map(({ topic, partition, offset }) => `${topic}/${partition}@${offset}`);
  if (epoch <= 0) return [epoch === 0 ? 'full' : 'alone', ...named].join(' ');
  return [...named.map((each) => `+${each}`), ...forgotten.map(({ topic, partition }) => `-${topic}/${partition}`)].join(' ');
}

function closed(nodeId: number): Error {
  return new KafkaJSConnectionClosedError('Closed connection', { host: `node-${nodeId}`, port: 9092 });
}
