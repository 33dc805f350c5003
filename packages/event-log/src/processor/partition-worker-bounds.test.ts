import { describe, expect, it } from 'vitest';
import { silentLogger } from '../logger.ts';
import { copy, record, setUpWorker } from './testing/worker-rig.ts';

describe('startPartitionWorker, within a record and beyond its time', () => {
  it('commits the offset of a record with the cursor until the record is done, and continues it there after a failure', async () => {
    const parts = ['a', 'b', 'c', 'd', 'e'];
    const cursors: (string | undefined)[] = [];
    const { clock, state, worker, fail } = setUpWorker({
      process: function* (_record, cursor) {
        cursors.push(cursor);
        for (const part of parts.filter((each) => cursor === undefined || each > cursor)) {
          const records = [{ topic: 'out', key: Buffer.from('k'), value: Buffer.from(part) }];
          yield part === 'e' ? { records } : { records, cursor: part };
        }
      },
    });
    worker.offer([record(7)]);
    await clock.advance(0);
    expect(state).toMatchObject({ output: parts, sizes: [2, 2, 1], committed: 8n, metadata: '' });
    fail('unknown', true);
    worker.offer([record(8)]);
    await clock.advance(0);
    expect(state).toMatchObject({ committed: 8n, metadata: 'U3dDAWI=' });
    await clock.advance(1_000);
    expect(state).toMatchObject({ output: [...parts, ...parts], committed: 9n, metadata: '' });
    expect(cursors).toEqual([undefined, undefined, 'b']);
  });

  it('ignores the cursor of a record that retention has deleted', async () => {
    const cursors: (string | undefined)[] = [];
    const { clock, state, worker } = setUpWorker({
      process: (record, cursor) => {
        cursors.push(cursor);
        return copy(record);
      },
    });
    state.committed = 3n;
    state.metadata = 'U3dDAWI=';
    // Fetched from offset 3 on: no record is left below 5.
    worker.offer([record(5)], 3n);
    await clock.advance(0);
    expect(cursors).toEqual([undefined]);
  });

  it('waits, and processes nothing, while the cursor was written by a newer version', async () => {
    const codes: unknown[] = [];
    const { clock, state, worker } = setUpWorker({
      logger: { ...silentLogger, warn: (fields) => void codes.push((fields as { readonly code?: unknown }).code) },
    });
    state.committed = 0n;
    state.metadata = Buffer.from('SwC\u0002b').toString('base64');
    worker.offer([record(0)]);
    await clock.advance(5_000);
    expect([state.output, worker.healthy(), codes[0]]).toEqual([[], false, 'ERR_LOG_NEWER_CURSOR']);
    state.metadata = '';
    await clock.advance(10_000);
    expect([state.output, worker.healthy()]).toEqual([['v0'], true]);
  });

  it('tries a transaction that timed out with half of its records, down to one step, and says so', async () => {
    const logged: object[] = [];
    const { clock, state, worker, fail, takenOver, timedOut } = setUpWorker({
      bounds: { maxRecords: 8, maxBytes: 1_000_000, maxAgeMs: 1_000 },
      logger: { ...silentLogger, warn: (fields, message) => void logged.push({ ...(fields as object), message }) },
    });
    for (let times = 0; times < 4; times += 1) fail('timed-out');
    worker.offer(Array.from({ length: 8 }, (_, offset) => record(offset)));
    await clock.advance(60_000);
    expect(state.output).toEqual(['v0', 'v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7']);
    expect(state.sizes).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect([takenOver, timedOut]).toEqual([[], Array(4).fill({ topic: 'in', partition: 3 })]);
    expect(logged).toEqual(
      [4, 2, 1, 1].map((nextMaxRecords, index) =>
        expect.objectContaining({
          code: 'ERR_LOG_TRANSACTION_TIMED_OUT',
          message: 'A transaction timed out',
          records: 8 / 2 ** index,
          nextMaxRecords,
        }),
      ),
    );
  });

  it('grows again to its bound after transactions that were committed', async () => {
    const { clock, state, worker, fail } = setUpWorker({
      bounds: { maxRecords: 4, maxBytes: 1_000_000, maxAgeMs: 1_000 },
      buffer: { maxRecords: 1_000, maxBytes: 1_000_000 },
    });
    fail('timed-out');
    worker.offer(Array.from({ length: 24 }, (_, offset) => record(offset)));
    await clock.advance(60_000);
    expect(state.sizes).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 4, 4]);
  });
});
