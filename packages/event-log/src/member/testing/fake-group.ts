import type { Broker, Cluster, ConnectionPool, ProtocolRequest, ProtocolResponse } from '../../kafkajs/cluster/internals.ts';
import { clientOf } from '../../kafkajs/testing/client-of.ts';
import { FlexibleReader } from '../../wire/flexible.ts';
import { connectionClosed, type GroupApi, type GroupState, respond, topicFailed } from './group-responses.ts';

/** What happens to a request in place of its usual response. */
export type Fault =
  /** The broker responds with this error. */
  | number
  /** The connection closes. */
  | 'lost'
  /** No response before the promise resolves; then the usual one. */
  | { readonly after: Promise<void> };

interface OffsetQuery {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number }[];
  readonly fromBeginning: boolean;
}

/** A group with one member, as its coordinator keeps it, and the one broker that has its topics. */
export function createFakeGroup(topics: Readonly<Record<string, number>> = { in: 4 }) {
  const requests: string[] = [];
  const faults = new Map<string, Fault[]>();
  const state: GroupState = {
    generation: 1,
    assignment: undefined,
    partitions: { ...topics },
    committed: {},
    range: { start: 0, end: 0 },
    members: 0,
  };
  /** Times that the cluster was connected, and that it will not be reached. */
  const connection = { connects: 0, unreachable: 0, disconnected: false };
  /** Topics whose metadata has an error, and partitions whose leader does not respond. */
  const trouble = { topics: new Set<string>(), partitions: new Set<number>() };
  const brokers: Record<number, Broker> = {};

  async function send<T>(request: ProtocolRequest, response: ProtocolResponse<T>, via = ''): Promise<T> {
    const fault = faults.get(request.apiName)?.shift();
    const { buffer } = await request.encode();
    const code = typeof fault === 'number' ? fault : 0;
    const { described, body } = respond(state, request.apiName as GroupApi, new FlexibleReader(buffer), code);
    if (request.apiName !== 'FindCoordinator') requests.push(`${described}${via}`);
    if (fault === 'lost') throw connectionClosed();
    if (typeof fault === 'object') await fault.after;
    return response.parse(await response.decode(body));
  }

  const pool: ConnectionPool = {
    host: 'node',
    port: 9092,
    rack: null,
    pool: [],
    destroy: async () => undefined,
    send: ({ request, response }) => send(request, response),
    getConnection: async (index) => ({ send: ({ request, response }) => send(request, response, ` on connection ${index}`) }),
  };
  const broker = { nodeId: 1, versions: null, connectionPool: pool } as unknown as Broker;
  const partitionsOf = (topic: string) => Array.from({ length: state.partitions[topic] ?? 0 }, (_, partition) => partition);
  const cluster = {
    targetTopics: new Set<string>(),
    brokerPool: { brokers },
    connectionPoolBuilder: { build: async () => pool },
    async connect() {
      connection.connects += 1;
      if (connection.unreachable > 0) {
        connection.unreachable -= 1;
        throw connectionClosed();
      }
      connection.disconnected = false;
    },
    async disconnect() {
      connection.disconnected = true;
    },
    /** As kafkajs: all or nothing. */
    async refreshMetadata(): Promise<void> {
      if ([...cluster.targetTopics].some((topic) => trouble.topics.has(topic))) throw topicFailed();
      brokers[1] = broker;
    },
    async addMultipleTargetTopics(more: readonly string[]): Promise<void> {
      const before = new Set(cluster.targetTopics);
      for (const topic of more) cluster.targetTopics.add(topic);
      try {
        if (before.size < cluster.targetTopics.size) await cluster.refreshMetadata();
      } catch (error) {
        cluster.targetTopics = before;
        throw error;
      }
    },
    findTopicPartitionMetadata: (topic: string) =>
      partitionsOf(topic).map((partitionId) => ({ partitionId, leader: 1, partitionErrorCode: 0 })),
    async findBroker({ nodeId }: { readonly nodeId: number }) {
      const found = brokers[nodeId];
      if (found === undefined) throw new Error(`broker ${nodeId} is not known`);
      return found;
    },
    async fetchTopicsOffset(queries: readonly OffsetQuery[]) {
      return queries.map(({ topic, partitions, fromBeginning }) => {
        if (partitions.some(({ partition }) => trouble.partitions.has(partition))) throw connectionClosed();
        const offset = String(fromBeginning ? state.range.start : state.range.end);
        return { topic, partitions: partitions.map(({ partition }) => ({ partition, offset })) };
      });
    },
  };

  return {
    cluster: cluster as unknown as Cluster,
    client: clientOf(cluster),
    /** In order, with the fields that tests look at. */
    requests: requests as readonly string[],
    state,
    connection,
    trouble,
    /** For the next requests of the kind. */
    plan: (api: GroupApi, ...more: readonly Fault[]) => void faults.set(api, [...(faults.get(api) ?? []), ...more]),
  };
}
