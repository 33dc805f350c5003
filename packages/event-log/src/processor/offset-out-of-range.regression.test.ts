import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import type { KafkaClient } from '../client.ts';
import { LogError } from '../log-error.ts';
import { silentLogger } from '../logger.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { startPartitionWorker } from './partition-worker.ts';
import { startPosition } from './start-position.ts';
import { createTurns } from './turns.ts';

// kafkajs commits -2 in place of an offset that a broker no longer has. Taken for no offset at all, the partition begins again at
// the beginning, and what still stands there is processed a second time.

const partition = { topic: 'in', partition: 0 };
const options = { groupId: 'g', topics: ['in'], outputTopics: ['out'] };
const noClient = {} as KafkaClient;

function setUp(startWithoutOffset: (lost: boolean) => Promise<bigint>) {
  const clock = createManualClock();
  const state = { opens: 0, fatal: [] as unknown[], output: [] as bigint[] };
  const worker = startPartitionWorker({
    ...partition,
    groupId: 'g',
    process: ({ offset }) => {
      state.output.push(offset);
      return [];
    },
    onFenced: undefined,
    onTakenOver: undefined,
    onTimedOut: undefined,
    bounds: { maxRecords: 10, maxBytes: 1_000_000, maxAgeMs: 1_000 },
    rest: () => undefined,
    turns: createTurns(1, clock),
    async open() {
      state.opens += 1;
      return { run: async () => [], committed: async () => 'lost', spent: () => false, close: async () => undefined };
    },
    startWithoutOffset,
    startsAtEnd: false,
    logBegin: async () => 0n,
    readBack: () => Readable.from([]),
    hold: () => undefined,
    seek: () => undefined,
    onFatal: (error) => state.fatal.push(error),
    clock,
    logger: silentLogger,
  });
  worker.offer([{ ...partition, offset: 0n, timestamp: 0, key: null, value: null, headers: [] }]);
  return { clock, state };
}

it('ends the processor when the offset of a partition was lost', async () => {
  const { clock, state } = setUp((lost) => startPosition(noClient, options, partition, lost));
  await clock.advance(60_000);
  expect(state.fatal).toEqual([expect.any(LogError)]);
  expect(state).toMatchObject({ opens: 1, output: [], fatal: [{ code: 'ERR_LOG_OFFSETS_LOST' }] });
});

it('begins where it was decided to', async () => {
  const { clock, state } = setUp(async (lost) => (lost ? 0n : 9n));
  await clock.advance(0);
  expect(state).toMatchObject({ output: [0n], fatal: [] });
});
