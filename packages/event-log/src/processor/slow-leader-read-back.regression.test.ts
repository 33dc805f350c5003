import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { encodeFetchResponse, readFetchRequest } from '../fetch/testing/fetch-messages.ts';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import type { ProtocolRequest, ProtocolResponse } from '../kafkajs/cluster/internals.ts';
import type { LogRecord } from '../log.ts';
import { silentLogger } from '../logger.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { storedBatch, textRecord } from '../wire/testing/batches.ts';
import { readBack } from './read-back.ts';

// After a partition has changed hands its new leader may answer with nothing for a while. What is read back fills the window
// of duplicates: a part of it taken for the whole makes second events.

const PARTITION = { topic: 'in', partition: 0 };
const OFFSET_OUT_OF_RANGE = 1;

/** A partition with records from `begin` on, which the leader gives out after `emptyFetches` answers without any. */
function setUp({ emptyFetches = 0, stable = 10 } = {}) {
  const state = {
    begin: 0,
    emptyFetches,
    stable,
    led: true,
    refuse: false,
    emptyBatches: new Set<number>(),
    onEmpty: (): void => undefined,
    onRead: (): void => undefined,
  };

  function respond(offset: bigint): Buffer {
    const response = (batches: Buffer, errorCode = 0) =>
      encodeFetchResponse({ partitions: [{ ...PARTITION, errorCode, lastStableOffset: BigInt(state.stable), aborted: [], batches }] });
    const nothing = Buffer.alloc(0);
    if (state.refuse && offset < state.begin) return response(nothing, OFFSET_OUT_OF_RANGE);
    if (state.emptyFetches > 0) {
      state.emptyFetches -= 1;
      state.onEmpty();
      return response(nothing);
    }
    if (offset >= state.stable || offset < state.begin) return response(nothing);
    if (state.emptyBatches.has(Number(offset))) return response(storedBatch([], { baseOffset: offset, lastOffsetDelta: 0 }));
    state.onRead();
    return response(storedBatch([textRecord('value')], { baseOffset: offset }));
  }

  const cluster = {
    brokerPool: { brokers: {} },
    connect: async () => undefined,
    disconnect: async () => undefined,
    addMultipleTargetTopics: async () => undefined,
    refreshMetadata: async () => undefined,
    findTopicPartitionMetadata: () => (state.led ? [{ partitionId: 0, leader: 1 }] : []),
    fetchTopicsOffset: async () => [{ topic: 'in', partitions: [{ partition: 0, offset: String(state.begin) }] }],
    findBroker: async () => ({
      versions: { 1: { minVersion: 0, maxVersion: 13 } },
      connectionPool: {
        async send<T>({ request, response }: { request: ProtocolRequest; response: ProtocolResponse<T> }): Promise<T> {
          const [wanted] = readFetchRequest((await request.encode()).buffer).partitions;
          return response.parse(await response.decode(respond(wanted?.offset ?? -1n)));
        },
      },
    }),
  };
  const kafka = { [Symbol('private:Kafka:createCluster')]: () => cluster } as unknown as ReturnType<KafkaClient['open']>;
  const clock = createManualClock();
  const read = async (from: bigint, to: bigint, forMs = 5_000): Promise<readonly bigint[]> => {
    const reading = Readable.from(readBack({ logger: silentLogger, open: () => kafka }, PARTITION, from, to, clock)).toArray();
    reading.catch(() => undefined);
    for (let passed = 0; passed < forMs; passed += 100) await clock.advance(100);
    return (await reading).flat().map(({ offset }: LogRecord) => offset);
  };
  return { state, read };
}

describe('reading back', () => {
  it('waits for a leader that has nothing to say at first', async () => {
    const { read } = setUp({ emptyFetches: 10 });
    expect(await read(6n, 10n)).toEqual([6n, 7n, 8n, 9n]);
  });

  it('rejects, and does not end with a part of it, while the leader does not know the end that was committed', async () => {
    const { read } = setUp({ stable: 8 });
    await expect(read(6n, 10n, 15_000)).rejects.toThrow('in/0: no record is read at 8');
  });

  it('waits for a leader while there is none', async () => {
    const { state, read } = setUp();
    state.led = false;
    await expect(read(6n, 10n, 15_000)).rejects.toThrow('in/0 has no leader');
    state.led = true;
    expect(await read(6n, 10n)).toHaveLength(4);
  });

  it('leaves out what was deleted meanwhile', async () => {
    const { state, read } = setUp({ emptyFetches: 1 });
    state.onEmpty = () => {
      state.begin = 8;
    };
    expect(await read(6n, 10n)).toEqual([8n, 9n]);
  });

  it('goes on above what was deleted between two parts', async () => {
    const { state, read } = setUp();
    state.onRead = () => {
      state.onRead = () => undefined;
      state.begin = 8;
      state.refuse = true;
    };
    expect(await read(6n, 10n)).toEqual([6n, 8n, 9n]);
  });

  it('passes offsets of which nothing is left', async () => {
    const { state, read } = setUp();
    state.emptyBatches.add(7);
    expect(await read(6n, 10n)).toEqual([6n, 8n, 9n]);
  });

  it('gives nothing when all of it was deleted', async () => {
    const { state, read } = setUp({ stable: 20 });
    state.begin = 15;
    expect(await read(6n, 10n)).toEqual([]);
  });
});
