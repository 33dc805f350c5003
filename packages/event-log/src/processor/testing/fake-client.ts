import type { KafkaClient } from '../../kafkajs/client/client.ts';
import { type LogLogger, silentLogger } from '../../logger.ts';

interface FetchedBatch {
  /** Offsets of the records that are left after kafkajs's filter. */
  readonly offsets: readonly number[];
  /** First and last offset that were fetched, markers of transactions among them. */
  readonly first: number;
  readonly last: number;
}

/** A client whose consumer fetches what the test tells it to, from topic `in` with its one partition. */
export interface FakeClient {
  readonly client: KafkaClient;
  /** Members made so far: each replacement is another one. */
  members(): number;
  /** As kafkajs does with one partition of a fetch: an event alone when the filter left nothing. */
  fetch(batch: FetchedBatch): Promise<void>;
  /** A fetch whose answer holds nothing. */
  answerNothing(): void;
  /** Where the partition ends for readers of committed records. */
  endAt(offset: number): void;
}

type Listener = (event: { payload: object }) => void;

const EVENTS = { GROUP_JOIN: 'join', HEARTBEAT: 'heartbeat', FETCH: 'fetch', END_BATCH_PROCESS: 'end', CRASH: 'crash' };
const IN = { topic: 'in', partition: 0 } as const;

export function createFakeClient(logger: LogLogger = silentLogger): FakeClient {
  let members = 0;
  let end = 0;
  let listeners = new Map<string, Listener>();
  let eachBatch: (payload: object) => Promise<void> = async () => undefined;
  const emit = (event: string, payload: object): void => listeners.get(event)?.({ payload });

  function createConsumer() {
    members += 1;
    const mine = new Map<string, Listener>();
    listeners = mine;
    return {
      events: EVENTS,
      on: (event: string, listener: Listener) => void mine.set(event, listener),
      connect: async () => undefined,
      subscribe: async () => undefined,
      async run(options: { eachBatch: typeof eachBatch }) {
        eachBatch = options.eachBatch;
        emit(EVENTS.GROUP_JOIN, { memberId: `member-${members}`, generationId: members, memberAssignment: { [IN.topic]: [IN.partition] } });
      },
      disconnect: async () => undefined,
      pause: () => () => undefined,
      resume: () => undefined,
      seek: () => undefined,
    };
  }

  const readCluster = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    addMultipleTargetTopics: async () => undefined,
    refreshMetadata: async () => undefined,
    findTopicPartitionMetadata: () => [{ partitionId: IN.partition, leader: 1, partitionErrorCode: 0 }],
    fetchTopicsOffset: async () => [{ topic: IN.topic, partitions: [{ partition: IN.partition, offset: String(end) }] }],
  };
  const kafka = { consumer: createConsumer, [Symbol('private:Kafka:createCluster')]: () => readCluster };

  return {
    client: { logger, open: () => kafka as unknown as ReturnType<KafkaClient['open']> },
    members: () => members,
    endAt(offset) {
      end = offset;
    },
    answerNothing: () => emit(EVENTS.FETCH, {}),
    async fetch({ offsets, first, last }) {
      emit(EVENTS.FETCH, {});
      const messages = offsets.map((offset) => ({
        offset: String(offset),
        timestamp: '0',
        key: null,
        value: Buffer.from('v'),
        headers: {},
      }));
      if (messages.length > 0) {
        await eachBatch({
          batch: { ...IN, messages, fetchedOffset: String(first), lastOffset: () => String(last) },
          resolveOffset: () => undefined,
          isRunning: () => true,
          isStale: () => false,
        });
      }
      emit(EVENTS.END_BATCH_PROCESS, { ...IN, batchSize: messages.length, firstOffset: String(first), lastOffset: String(last) });
    },
  };
}
