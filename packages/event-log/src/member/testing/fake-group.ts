import { createRequire } from 'node:module';
import type { Broker, Cluster, ConnectionPool, ProtocolRequest, ProtocolResponse } from '../../kafkajs/cluster/internals.ts';
import { kafkajsPath } from '../../kafkajs/patches/load-kafkajs.ts';
import { decodeMetadata } from '../../wire/consumer-protocol.ts';
import { FlexibleReader, FlexibleWriter } from '../../wire/flexible.ts';

const require = createRequire(import.meta.url);
const { KafkaJSConnectionClosedError } = require(kafkajsPath('src/errors.js')) as {
  KafkaJSConnectionClosedError: new (message: string, address: { host: string; port: number }) => Error;
};

/** What happens to a request in place of its usual response. */
export type Fault =
  /** The broker responds with this error. */
  | number
  /** The connection closes. */
  | 'lost'
  /** No response before the promise resolves; then the usual one. */
  | { readonly after: Promise<void> };

export type GroupApi = 'JoinGroup' | 'SyncGroup' | 'Heartbeat' | 'LeaveGroup' | 'OffsetCommit' | 'OffsetFetch';

/** A group with one member, as its coordinator keeps it. */
export interface FakeGroup {
  readonly cluster: Cluster;
  /** Requests in order, with the fields that tests look at. */
  readonly requests: readonly string[];
  readonly state: {
    generation: number;
    /** The member is told that another one leads, and that this is its assignment; else it leads and shares out itself. */
    assignment: Buffer | undefined;
    /** By topic. */
    partitions: Record<string, number>;
    /** Offsets that the group has committed, of partition 0 of the topic. */
    committed: Record<string, bigint>;
    /** Times that the cluster was connected, and that it was not reached. */
    connects: number;
    unreachable: number;
    disconnected: boolean;
  };
  /** For the next requests of the kind. */
  plan(api: GroupApi, ...faults: readonly Fault[]): void;
}

const JOINED_AS = 'member-1';

export function createFakeGroup(topics: Readonly<Record<string, number>> = { in: 4 }): FakeGroup {
  const requests: string[] = [];
  const faults = new Map<string, Fault[]>();
  const state: FakeGroup['state'] = {
    generation: 1,
    assignment: undefined,
    partitions: { ...topics },
    committed: {},
    connects: 0,
    unreachable: 0,
    disconnected: false,
  };
  let members = 0;

  function respond(api: string, reader: FlexibleReader, code: number): FlexibleWriter {
    const writer = new FlexibleWriter().int32(0);
    switch (api) {
      case 'JoinGroup':
        return join(reader, writer, code);
      case 'SyncGroup':
        return sync(reader, writer, code);
      case 'OffsetCommit':
        return commit(reader, writer, code);
      case 'OffsetFetch':
        return fetchOffsets(reader, writer, code);
      case 'Heartbeat': {
        reader.string();
        requests.push(`Heartbeat ${reader.int32()} ${reader.string()} ${reader.string()}`);
        return writer.int16(code).tags();
      }
      default: {
        reader.string();
        requests.push(`LeaveGroup ${reader.array(() => reader.string()).join()}`);
        return writer
          .int16(code)
          .array([], () => undefined)
          .tags();
      }
    }
  }

  function join(reader: FlexibleReader, writer: FlexibleWriter, code: number): FlexibleWriter {
    reader.string();
    reader.int32();
    reader.int32();
    const memberId = reader.string() ?? '';
    const instanceId = reader.string();
    reader.string();
    const [metadata = Buffer.alloc(0)] = reader.array(() => {
      reader.string();
      return reader.bytes() ?? Buffer.alloc(0);
    });
    requests.push(`JoinGroup ${memberId} ${instanceId} owned ${decodeMetadata(metadata).owned.join()}`);
    const asks = code === 0 && memberId === '' && instanceId === null;
    if (memberId === '') members += 1;
    const id = memberId === '' ? `member-${members}` : memberId;
    const leader = state.assignment === undefined ? id : JOINED_AS.concat(' of another');
    writer
      .int16(asks ? 79 : code)
      .int32(state.generation)
      .string('p')
      .string(leader)
      .string(id);
    writer.array(leader === id && code === 0 && !asks ? [id] : [], (each) => void writer.string(each).string(null).bytes(metadata).tags());
    return writer.tags();
  }

  function sync(reader: FlexibleReader, writer: FlexibleWriter, code: number): FlexibleWriter {
    reader.string();
    requests.push(`SyncGroup ${reader.int32()} ${reader.string()} ${reader.string()}`);
    const [own] = reader.array(() => {
      reader.string();
      const assignment = reader.bytes();
      reader.tags();
      return assignment;
    });
    return writer
      .int16(code)
      .bytes(state.assignment ?? own ?? Buffer.alloc(0))
      .tags();
  }

  function commit(reader: FlexibleReader, writer: FlexibleWriter, code: number): FlexibleWriter {
    reader.string();
    requests.push(`OffsetCommit ${reader.int32()} ${reader.string()} ${reader.string()}`);
    return writer
      .array(['in'], (topic) => {
        writer.string(topic).array([0], (partition) => void writer.int32(partition).int16(code).tags());
        writer.tags();
      })
      .tags();
  }

  function fetchOffsets(reader: FlexibleReader, writer: FlexibleWriter, code: number): FlexibleWriter {
    requests.push('OffsetFetch');
    reader.string();
    const asked = reader.array(() => {
      const topic = reader.string() ?? '';
      const partitions = reader.array(() => reader.int32());
      reader.tags();
      return { topic, partitions };
    });
    writer.array(asked, ({ topic, partitions }) => {
      writer.string(topic).array(partitions, (partition) => {
        const offset = partition === 0 ? (state.committed[topic] ?? -1n) : -1n;
        writer.int32(partition).int64(offset).int32(-1).string('').int16(0).tags();
      });
      writer.tags();
    });
    return writer.int16(code).tags();
  }

  async function send<T>(connection: string, request: ProtocolRequest, response: ProtocolResponse<T>): Promise<T> {
    const fault = faults.get(request.apiName)?.shift();
    const { buffer } = await request.encode();
    const body = respond(request.apiName, new FlexibleReader(buffer), typeof fault === 'number' ? fault : 0);
    requests.push(`${requests.pop()} ${connection}`.trimEnd());
    if (fault === 'lost') throw new KafkaJSConnectionClosedError('Closed connection', { host: 'node', port: 9092 });
    if (typeof fault === 'object') await fault.after;
    return response.parse(await response.decode(body.encoded().buffer));
  }

  const pool: ConnectionPool = {
    host: 'node',
    port: 9092,
    rack: null,
    pool: [],
    destroy: async () => undefined,
    send: ({ request, response }) => send('', request, response),
    getConnection: async (index) => ({ send: ({ request, response }) => send(`on connection ${index}`, request, response) }),
  };
  const broker = { nodeId: 1, versions: null, connectionPool: pool } as unknown as Broker;
  const cluster = {
    brokerPool: { brokers: { 1: broker } },
    connectionPoolBuilder: { build: async () => pool },
    async connect() {
      state.connects += 1;
      if (state.unreachable === 0) return;
      state.unreachable -= 1;
      throw new KafkaJSConnectionClosedError('no broker', { host: 'node', port: 9092 });
    },
    async disconnect() {
      state.disconnected = true;
    },
    refreshMetadata: async () => undefined,
    addMultipleTargetTopics: async () => undefined,
    findTopicPartitionMetadata: (topic: string) =>
      Array.from({ length: state.partitions[topic] ?? 0 }, (_, partitionId) => ({ partitionId, leader: 1, partitionErrorCode: 0 })),
    findGroupCoordinator: async () => broker,
    fetchTopicsOffset: async () => [],
  } as unknown as Cluster;

  return {
    cluster,
    requests,
    state,
    plan: (api, ...more) => void faults.set(api, [...(faults.get(api) ?? []), ...more]),
  };
}
