import { createRequire } from 'node:module';
import type {
  Broker,
  Cluster,
  PartitionMetadata,
  ProtocolRequest,
  ProtocolResponse,
  TopicPartitions,
} from '../../kafkajs/cluster/internals.ts';
import { kafkajsPath } from '../../kafkajs/patches/load-kafkajs.ts';

import { FlexibleReader } from '../../wire/flexible.ts';
import type { GroupMember } from '../../wire/txn-offset-commit.ts';
import { encodeOffsetFetchAnswer, encodeTxnOffsetCommitAnswer, type FakeOffset, readTxnOffsetCommit } from './group-answers.ts';

const require = createRequire(import.meta.url);
const { createErrorFromCode } = require(kafkajsPath('src/protocol/error.js')) as { createErrorFromCode(code: number): Error };
const { KafkaJSConnectionClosedError } = require(kafkajsPath('src/errors.js')) as {
  KafkaJSConnectionClosedError: new (message: string, address: { host: string; port: number }) => Error;
};
const Decoder = require(kafkajsPath('src/protocol/decoder.js')) as new (bytes: Buffer) => object;
const decodeRecordBatch = require(kafkajsPath('src/protocol/recordBatch/v0/decoder.js')) as (decoder: object) => Promise<{
  producerId: string;
  firstSequence: number;
  inTransaction: boolean;
  records: { value: Buffer }[];
}>;

/** What a broker does with a produce request. */
export type Fault =
  | 'none'
  /** Appends and never answers: the connection closes. */
  | 'answer lost'
  /** Answers this error for every partition, without appending. */
  | { readonly errorCode: number }
  /** Appends and answers when the promise resolves. */
  | { readonly after: Promise<void> }
  /** Never answers and never appends. */
  | 'silence';

interface Appended {
  readonly producerId: string;
  readonly sequence: number;
  readonly values: readonly string[];
  readonly baseOffset: number;
}

interface Produced {
  readonly topic: string;
  readonly partition: number;
  readonly producerId: string;
  readonly sequence: number;
  readonly values: readonly string[];
}

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
  /** What every group is said to have committed. */
  commitOffset(position: FakeOffset): void;
  /** Error codes for the next TxnOffsetCommit requests; 0 is success. */
  failOffsets(...codes: readonly number[]): void;
  /** The members that TxnOffsetCommit requests named. */
  readonly members: readonly GroupMember[];
  /** The connection closes in place of the next answer to a TxnOffsetCommit. */
  loseOffsetsAnswer(): void;
  /** Called before each request that ends a transaction or adds partitions to it is answered. */
  onTransactionRequest(action: () => Promise<void>): void;
  moveLeader(topic: string, partition: number, nodeId: number): void;
  /** What the client asked, in order: `add …`, `produce …`, `metadata`. */
  readonly requests: readonly string[];
  /** Most produce requests that were in flight for one partition at the same time. */
  readonly mostInFlight: () => number;
}

export function createFakeCluster(topics: Readonly<Record<string, readonly number[]>>): FakeCluster {
  const actual = new Map(Object.entries(topics).map(([topic, leaders]) => [topic, [...leaders]]));
  let known = structuredClone(actual);
  const logs = new Map<string, Appended[]>();
  const faults = new Map<number, Fault[]>();
  const addPartitionsCodes: number[] = [];
  const endTxnCodes: number[] = [];
  const initCodes: number[] = [];
  const offsetsCodes: number[] = [];
  const members: GroupMember[] = [];
  let offsetsAnswersToLose = 0;
  let onTransactionRequest = async (): Promise<void> => undefined;
  const committed: FakeOffset[] = [];
  const answer = (codes: number[]): void => {
    const code = codes.shift() ?? 0;
    if (code !== 0) throw createErrorFromCode(code);
  };
  const requests: string[] = [];
  const inFlight = new Map<string, number>();
  let mostInFlight = 0;
  const targetTopics = new Set<string>();

  function append(nodeId: number, data: Produced): { errorCode: number; baseOffset: number } {
    if (actual.get(data.topic)?.[data.partition] !== nodeId) return { errorCode: 6, baseOffset: -1 };
    const key = `${data.topic}/${data.partition}`;
    const log = logs.get(key) ?? [];
    logs.set(key, log);
    const mine = log.filter(({ producerId }) => producerId === data.producerId);
    const repeated = mine.slice(-5).find(({ sequence, values }) => sequence === data.sequence && values.length === data.values.length);
    if (repeated !== undefined) return { errorCode: 0, baseOffset: repeated.baseOffset };
    const last = mine.at(-1);
    const expected = last === undefined ? 0 : last.sequence + last.values.length;
    if (data.sequence !== expected) return { errorCode: 45, baseOffset: -1 };
    const baseOffset = log.reduce((end, { values }) => end + values.length, 0);
    log.push({ producerId: data.producerId, sequence: data.sequence, values: data.values, baseOffset });
    return { errorCode: 0, baseOffset };
  }

  /** TxnOffsetCommit and OffsetFetch. */
  function answerGroupRequest(nodeId: number, apiName: string, reader: FlexibleReader): Buffer {
    if (apiName === 'OffsetFetch') return encodeOffsetFetchAnswer(committed);
    const { member, positions } = readTxnOffsetCommit(reader);
    members.push(member);
    requests.push(
      `offsets ${positions.map(({ topic, partition, offset, metadata }) => `${topic}/${partition}@${offset}${metadata}`).join(' ')}`,
    );
    if (offsetsAnswersToLose > 0) {
      offsetsAnswersToLose -= 1;
      throw new KafkaJSConnectionClosedError('Closed connection', { host: `node-${nodeId}`, port: 9092 });
    }
    return encodeTxnOffsetCommitAnswer(positions, offsetsCodes.shift() ?? 0);
  }

  async function produce(nodeId: number, all: readonly Produced[]) {
    requests.push(`produce ${nodeId}: ${all.map(({ topic, partition }) => `${topic}/${partition}`).join(' ')}`);
    const fault = faults.get(nodeId)?.shift() ?? 'none';
    for (const { topic, partition } of all) {
      const key = `${topic}/${partition}`;
      inFlight.set(key, (inFlight.get(key) ?? 0) + 1);
      mostInFlight = Math.max(mostInFlight, inFlight.get(key) ?? 0);
    }
    try {
      await new Promise(setImmediate);
      if (fault === 'silence') await new Promise(() => undefined);
      if (typeof fault === 'object' && 'errorCode' in fault) {
        return all.map((data) => ({ ...data, errorCode: fault.errorCode, baseOffset: -1 }));
      }
      if (typeof fault === 'object') await fault.after;
      const results = all.map((data) => ({ ...data, ...append(nodeId, data) }));
      if (fault === 'answer lost') {
        throw new KafkaJSConnectionClosedError('Closed connection', { host: `node-${nodeId}`, port: 9092 });
      }
      return results;
    } finally {
      for (const { topic, partition } of all) {
        const key = `${topic}/${partition}`;
        inFlight.set(key, (inFlight.get(key) ?? 0) - 1);
      }
    }
  }

  const brokers = new Map<number, Broker>();
  function broker(nodeId: number): Broker {
    const found = brokers.get(nodeId) ?? createBroker(nodeId);
    brokers.set(nodeId, found);
    return found;
  }

  function createBroker(nodeId: number) {
    return {
      nodeId,
      versions: { 0: { minVersion: 0, maxVersion: 12 }, 9: { minVersion: 1, maxVersion: 9 }, 28: { minVersion: 0, maxVersion: 4 } },
      connectionPool: {
        rack: null,
        destroy: async () => undefined,
        host: `node-${nodeId}`,
        port: 9092,
        pool: [],
        async send<T>({ request, response }: { request: ProtocolRequest; response: ProtocolResponse<T> }): Promise<T> {
          const { buffer } = await request.encode();
          const body =
            request.apiName === 'Produce'
              ? encodeProduceAnswer(await produce(nodeId, await decodeProduceRequest(buffer)))
              : answerGroupRequest(nodeId, request.apiName, new FlexibleReader(buffer));
          return response.parse(await response.decode(body));
        },
      },
      // What the stock module calls.
      async produce({ producerId, topicData }: StockProduce) {
        const results = await produce(
          nodeId,
          topicData.flatMap(({ topic, partitions }) =>
            partitions.map(({ partition, firstSequence, messages }) => ({
              topic,
              partition,
              producerId: String(producerId),
              sequence: firstSequence,
              values: messages.map(({ value }) => String(value)),
            })),
          ),
        );
        const failed = results.find(({ errorCode }) => errorCode !== 0);
        if (failed !== undefined) throw createErrorFromCode(failed.errorCode);
        return { topics: results.map(({ topic, ...rest }) => ({ topicName: topic, partitions: [rest] })) };
      },
      async initProducerId() {
        requests.push('init');
        answer(initCodes);
        return { producerId: '1000', producerEpoch: 0 };
      },
      async addPartitionsToTxn({ topics }: { topics: readonly TopicPartitions[] }) {
        requests.push(`add ${topics.flatMap(({ topic, partitions }) => partitions.map((partition) => `${topic}/${partition}`)).join(' ')}`);
        await onTransactionRequest();
        answer(addPartitionsCodes);
      },
      async addOffsetsToTxn({ groupId }: { groupId: string }) {
        requests.push(`add offsets ${groupId}`);
      },
      async endTxn({ transactionResult }: { transactionResult: boolean }) {
        requests.push(transactionResult ? 'commit' : 'abort');
        await onTransactionRequest();
        answer(endTxnCodes);
      },
    };
  }

  const cluster = {
    targetTopics,
    brokerPool: { brokers: {} },
    connectionPoolBuilder: {
      build: async ({ host }: { host: string }) => createBroker(Number(host.slice('node-'.length))).connectionPool,
    },
    retry: { retries: 5, initialRetryTime: 1, maxRetryTime: 2 },
    isConnected: () => true,
    connect: async () => undefined,
    disconnect: async () => undefined,
    // What the stock module calls.
    removeBroker: () => undefined,
    async refreshMetadata() {
      requests.push('metadata');
      known = structuredClone(actual);
    },
    refreshMetadataIfNecessary: async () => undefined,
    async addMultipleTargetTopics(names: readonly string[]) {
      for (const name of names) {
        if (!actual.has(name)) throw createErrorFromCode(3);
        targetTopics.add(name);
      }
    },
    findTopicPartitionMetadata: (topic: string): readonly PartitionMetadata[] =>
      (known.get(topic) ?? []).map((leader, partitionId) => ({ partitionErrorCode: 0, partitionId, leader })),
    // What the stock module calls.
    findLeaderForPartitions: (topic: string, partitions: readonly (string | number)[]) =>
      Object.fromEntries(Map.groupBy(partitions.map(Number), (partition) => known.get(topic)?.[partition] ?? -1)),
    findBroker: async ({ nodeId }: { nodeId: number }) => broker(Number(nodeId)),
    findControllerBroker: async () => broker(1),
    findGroupCoordinator: async () => broker(1),
    fetchTopicsOffset: async () => [],
  };

  return {
    cluster,
    requests,
    values: (topic, partition) => (logs.get(`${topic}/${partition}`) ?? []).flatMap(({ values }) => values),
    fail(nodeId, ...more) {
      faults.set(nodeId, [...(faults.get(nodeId) ?? []), ...more]);
    },
    failAddPartitions: (...codes) => void addPartitionsCodes.push(...codes),
    failEndTxn: (...codes) => void endTxnCodes.push(...codes),
    failInitProducerId: (...codes) => void initCodes.push(...codes),
    commitOffset: (position) => void committed.push(position),
    failOffsets: (...codes) => void offsetsCodes.push(...codes),
    members,
    loseOffsetsAnswer() {
      offsetsAnswersToLose += 1;
    },
    onTransactionRequest(action) {
      onTransactionRequest = action;
    },
    moveLeader(topic, partition, nodeId) {
      const leaders = actual.get(topic);
      if (leaders !== undefined) leaders[partition] = nodeId;
    },
    mostInFlight: () => mostInFlight,
  };
}

interface StockProduce {
  readonly producerId: string | number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence: number;
      readonly messages: readonly { readonly value: Buffer | string }[];
    }[];
  }[];
}

/** Reads a Produce request, the record batches with kafkajs's own decoder. */
async function decodeProduceRequest(request: Buffer): Promise<readonly Produced[]> {
  const produced: Produced[] = [];
  const transactionalIdBytes = Math.max(0, request.readInt16BE(0));
  let at = 2 + transactionalIdBytes + 2 + 4;
  let topics = request.readInt32BE(at);
  at += 4;
  for (; topics > 0; topics -= 1) {
    const nameBytes = request.readInt16BE(at);
    const topic = request.toString('utf8', at + 2, at + 2 + nameBytes);
    at += 2 + nameBytes;
    let partitions = request.readInt32BE(at);
    at += 4;
    for (; partitions > 0; partitions -= 1) {
      const partition = request.readInt32BE(at);
      const size = request.readInt32BE(at + 4);
      const { producerId, firstSequence, records } = await decodeRecordBatch(new Decoder(request.subarray(at + 8, at + 8 + size)));
      produced.push({ topic, partition, producerId, sequence: firstSequence, values: records.map(({ value }) => value.toString()) });
      at += 8 + size;
    }
  }
  return produced;
}

function encodeProduceAnswer(results: readonly { topic: string; partition: number; errorCode: number; baseOffset: number }[]): Buffer {
  const topics = results.map(({ topic, partition, errorCode, baseOffset }) => {
    const name = Buffer.from(topic);
    const bytes = Buffer.alloc(2 + name.length + 4 + 30);
    bytes.writeInt16BE(name.length, 0);
    name.copy(bytes, 2);
    let at = bytes.writeInt32BE(1, 2 + name.length);
    at = bytes.writeInt32BE(partition, at);
    at = bytes.writeInt16BE(errorCode, at);
    at = bytes.writeBigInt64BE(BigInt(baseOffset), at);
    return bytes;
  });
  const count = Buffer.alloc(4);
  count.writeInt32BE(topics.length, 0);
  return Buffer.concat([count, ...topics, Buffer.alloc(4)]);
}
