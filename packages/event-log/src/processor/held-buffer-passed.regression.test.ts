import { expect, it } from 'vitest';
import type { LogRecord } from '../log.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { TransactionError } from '../transaction/transaction-error.ts';
import { startPartitionWorker } from './partition-worker.ts';
import { workerOptions } from './testing/worker-options.ts';

// A full buffer holds reading back. When another member has meanwhile processed all that it holds, it is emptied by the
// committed offset and not by a slice: a hold that only slices end would then last for ever, with the worker healthy.

const record = (offset: number): LogRecord => ({
  topic: 'in',
  partition: 0,
  offset: BigInt(offset),
  timestamp: 0,
  key: null,
  value: Buffer.from(`v${offset}`),
  headers: [],
});

function setUp() {
  const clock = createManualClock();
  const state = { committed: 0n, output: [] as bigint[], fenced: false };
  const held: boolean[] = [];
  const worker = startPartitionWorker({
    ...workerOptions(clock),
    process: ({ offset }) => {
      state.output.push(offset);
      return [];
    },
    buffer: { maxRecords: 8, maxBytes: 1_000_000 },
    open: async () => ({
      async run({ offset }) {
        if (state.fenced) {
          state.fenced = false;
          state.committed = 20n;
          throw new TransactionError('fenced', 'a newer holder');
        }
        state.committed = offset?.position.offset ?? state.committed;
        return [];
      },
      committed: async () => ({ offset: state.committed, metadata: '' }),
      spent: () => false,
      close: async () => undefined,
    }),
    hold: (next) => held.push(next),
  });
  return { clock, state, held, worker };
}

it('reads on when another member has processed all that a full buffer held', async () => {
  const { clock, state, held, worker } = setUp();
  state.fenced = true;
  worker.offer(Array.from({ length: 8 }, (_, offset) => record(offset)));
  expect(worker.held()).toBe(true);
  await clock.advance(5_000);
  expect([worker.held(), worker.busy(), held]).toEqual([false, false, [true, false]]);
  worker.offer([record(20)], 20n);
  await clock.advance(0);
  expect(state.output.at(-1)).toBe(20n);
  await worker.stop();
});
