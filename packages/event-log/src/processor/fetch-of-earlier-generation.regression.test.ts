import { expect, it } from 'vitest';
import type { LogRecord } from '../log.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { startPartitionWorker } from './partition-worker.ts';
import { workerOptions } from './testing/worker-options.ts';

// A fetch of an earlier generation may arrive when a partition has been taken anew, and begin where that generation stood. Taken
// for what follows, it leaves out for good the records between the committed offset and its first one.

const record = (offset: number): LogRecord => ({
  topic: 'in',
  partition: 0,
  offset: BigInt(offset),
  timestamp: 0,
  key: null,
  value: null,
  headers: [],
});

function setUp({ committed = 0n } = {}) {
  const clock = createManualClock();
  const state = { committed, logBegin: 0n, output: [] as bigint[], sought: [] as bigint[] };
  const worker = startPartitionWorker({
    ...workerOptions(clock),
    process: ({ offset }) => {
      state.output.push(offset);
      return [];
    },
    onTimedOut: undefined,
    bounds: { maxRecords: 10, maxBytes: 1_000_000, maxAgeMs: 1_000 },
    rest: () => undefined,
    open: async () => ({
      async run({ offset }) {
        state.committed = offset?.position.offset ?? state.committed;
        return [];
      },
      committed: async () => ({ offset: state.committed, metadata: '' }),
      spent: () => false,
      close: async () => undefined,
    }),
    logBegin: async () => state.logBegin,
    seek: (offset) => state.sought.push(offset),
  });
  const offer = async (from: number, ...offsets: readonly number[]): Promise<boolean> => {
    const taken = worker.offer(offsets.map(record), BigInt(from));
    await clock.advance(0);
    return taken;
  };
  return { state, offer };
}

it('goes back to the committed offset when the first fetch begins above it', async () => {
  const { state, offer } = setUp({ committed: 4n });
  await offer(9, 9);
  expect([state.sought, state.output]).toEqual([[4n], []]);
  await offer(4, 4, 5, 9);
  expect([state.output, state.committed]).toEqual([[4n, 5n, 9n], 10n]);
});

it('refuses a fetch that begins above what was read, as often as it comes', async () => {
  const { state, offer } = setUp();
  expect(await offer(0, 0, 1)).toBe(true);
  expect(await offer(7, 7)).toBe(false);
  expect(await offer(7, 7)).toBe(false);
  expect(await offer(2, 2, 7)).toBe(true);
  expect([state.sought, state.output]).toEqual([
    [2n, 2n],
    [0n, 1n, 2n, 7n],
  ]);
});

it('takes it when the log itself begins there', async () => {
  const { state, offer } = setUp();
  expect(await offer(0, 0, 1)).toBe(true);
  state.logBegin = 20n;
  expect(await offer(20, 20)).toBe(false);
  expect(await offer(20, 20)).toBe(true);
  expect(state.output).toEqual([0n, 1n, 20n]);
});
