import { createRequire } from 'node:module';
import type { Broker, ProtocolRequest, ProtocolResponse, TopicPartitions } from '../../kafkajs/cluster/internals.ts';
import { kafkajsPath } from '../../kafkajs/patches/load-kafkajs.ts';
import { FlexibleReader } from '../../wire/flexible.ts';
import type { GroupMember } from '../../wire/group-member.ts';
import { encodeOffsetFetchResponse, encodeTxnOffsetCommitResponse, type FakeOffset, readTxnOffsetCommit } from './group-responses.ts';
import {
  decodeProduceRequest,
  encodeProduceResponse,
  type Produced,
  type ProduceResult,
  readStockProduce,
  type StockProduce,
} from './produce-messages.ts';

const require = createRequire(import.meta.url);
export const { createErrorFromCode } = require(kafkajsPath('src/protocol/error.js')) as { createErrorFromCode(code: number): Error };
const { KafkaJSConnectionClosedError } = require(kafkajsPath('src/errors.js')) as {
  KafkaJSConnectionClosedError: new (message: string, address: { host: string; port: number }) => Error;
};

/** What a broker does with a produce request. */
export type Fault =
  | 'none'
  /** Appends and closes the connection without a response. */
  | 'response lost'
  /** Responds with this error for every partition, without appending. */
  | { readonly errorCode: number }
  /** Appends and responds when the promise resolves. */
  | { readonly after: Promise<void> }
  /** Never responds and never appends. */
  | 'silence';

interface Appended {
  readonly producerId: string;
  readonly sequence: number;
  readonly values: readonly string[];
  readonly baseOffset: number;
}

/** The brokers of a fake cluster, the faults that tests plan, and the requests so far. */
export class FakeBrokers {
  /** Node ids of the leaders, by topic and partition. */
  readonly leaders: Map<string, number[]>;
  readonly requests: string[] = [];
  readonly members: GroupMember[] = [];
  readonly committed: FakeOffset[] = [];
  /** For the next produce requests by node. */
  readonly faults = new Map<number, Fault[]>();
  /** For the next requests of each kind; 0 is success. */
  readonly codes = { addPartitions: [] as number[], endTxn: [] as number[], init: [] as number[], offsets: [] as number[] };
  offsetsResponsesToLose = 0;
  mostInFlight = 0;
  onTransactionRequest = async (): Promise<void> => undefined;
  readonly #logs = new Map<string, Appended[]>();
  readonly #inFlight = new Map<string, number>();
  readonly #brokers = new Map<number, Broker>();

  constructor(topics: Readonly<Record<string, readonly number[]>>) {
    this.leaders = new Map(Object.entries(topics).map(([topic, leaders]) => [topic, [...leaders]]));
  }

  values(topic: string, partition: number): readonly string[] {
    return (this.#logs.get(`${topic}/${partition}`) ?? []).flatMap(({ values }) => values);
  }

  broker(nodeId: number): Broker {
    const found = this.#brokers.get(nodeId) ?? this.createBroker(nodeId);
    this.#brokers.set(nodeId, found);
    return found;
  }

  createBroker(nodeId: number) {
    const { codes, requests } = this;
    return {
      nodeId,
      versions: { 0: { minVersion: 0, maxVersion: 12 }, 9: { minVersion: 1, maxVersion: 9 }, 28: { minVersion: 0, maxVersion: 4 } },
      connectionPool: {
        rack: null,
        destroy: async () => undefined,
        host: `node-${nodeId}`,
        port: 9092,
        pool: [],
        getConnection: async () => Promise.reject(new Error('no request of a sender waits')),
        send: async <T>({ request, response }: { request: ProtocolRequest; response: ProtocolResponse<T> }): Promise<T> => {
          const { buffer } = await request.encode();
          const body =
            request.apiName === 'Produce'
              ? encodeProduceResponse(await this.#produce(nodeId, await decodeProduceRequest(buffer)))
              : this.#respondToGroupRequest(nodeId, request.apiName, new FlexibleReader(buffer));
          return response.parse(await response.decode(body));
        },
      },
      // What the stock module calls.
      produce: async (request: StockProduce) => {
        const results = await this.#produce(nodeId, readStockProduce(request));
        const failed = results.find(({ errorCode }) => errorCode !== 0);
        if (failed !== undefined) throw createErrorFromCode(failed.errorCode);
        return { topics: results.map(({ topic, ...rest }) => ({ topicName: topic, partitions: [rest] })) };
      },
      async initProducerId() {
        requests.push('init');
        throwNext(codes.init);
        return { producerId: '1000', producerEpoch: 0 };
      },
      addPartitionsToTxn: async ({ topics }: { topics: readonly TopicPartitions[] }) => {
        requests.push(`add ${topics.flatMap(({ topic, partitions }) => partitions.map((partition) => `${topic}/${partition}`)).join(' ')}`);
        await this.onTransactionRequest();
        throwNext(codes.addPartitions);
      },
      async addOffsetsToTxn({ groupId }: { groupId: string }) {
        requests.push(`add offsets ${groupId}`);
      },
      endTxn: async ({ transactionResult }: { transactionResult: boolean }) => {
        requests.push(transactionResult ? 'commit' : 'abort');
        await this.onTransactionRequest();
        throwNext(codes.endTxn);
      },
    };
  }

  /** TxnOffsetCommit and OffsetFetch. */
  #respondToGroupRequest(nodeId: number, apiName: string, reader: FlexibleReader): Buffer {
    if (apiName === 'OffsetFetch') return encodeOffsetFetchResponse(this.committed);
    const { member, positions } = readTxnOffsetCommit(reader);
    this.members.push(member);
    const named = positions.map(({ topic, partition, offset, metadata }) => `${topic}/${partition}@${offset}${metadata}`);
    this.requests.push(`offsets ${named.join(' ')}`);
    if (this.offsetsResponsesToLose > 0) {
      this.offsetsResponsesToLose -= 1;
      throw connectionClosed(nodeId);
    }
    return encodeTxnOffsetCommitResponse(positions, this.codes.offsets.shift() ?? 0);
  }

  async #produce(nodeId: number, all: readonly Produced[]): Promise<readonly ProduceResult[]> {
    this.requests.push(`produce ${nodeId}: ${all.map(keyOf).join(' ')}`);
    const fault = this.faults.get(nodeId)?.shift() ?? 'none';
    for (const key of all.map(keyOf)) {
      const inFlight = (this.#inFlight.get(key) ?? 0) + 1;
      this.#inFlight.set(key, inFlight);
      this.mostInFlight = Math.max(this.mostInFlight, inFlight);
    }
    try {
      await new Promise(setImmediate);
      if (fault === 'silence') await new Promise(() => undefined);
      if (typeof fault === 'object' && 'errorCode' in fault) {
        return all.map((data) => ({ ...data, errorCode: fault.errorCode, baseOffset: -1 }));
      }
      if (typeof fault === 'object') await fault.after;
      const results = all.map((data) => ({ ...data, ...this.#append(nodeId, data) }));
      if (fault === 'response lost') throw connectionClosed(nodeId);
      return results;
    } finally {
      for (const key of all.map(keyOf)) this.#inFlight.set(key, (this.#inFlight.get(key) ?? 0) - 1);
    }
  }

  #append(nodeId: number, data: Produced): { errorCode: number; baseOffset: number } {
    if (this.leaders.get(data.topic)?.[data.partition] !== nodeId) return { errorCode: 6, baseOffset: -1 };
    const log = this.#logs.get(keyOf(data)) ?? [];
    this.#logs.set(keyOf(data), log);
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
}

function keyOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition}`;
}

function throwNext(codes: number[]): void {
  const code = codes.shift() ?? 0;
  if (code !== 0) throw createErrorFromCode(code);
}

function connectionClosed(nodeId: number): Error {
  return new KafkaJSConnectionClosedError('Closed connection', { host: `node-${nodeId}`, port: 9092 });
}
