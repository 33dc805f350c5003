import { describe, expect, it } from 'vitest';
import type { LogRecord, Step } from '../log.ts';
import { encodeCursor } from './cursor-metadata.ts';
import { createFakeGroupLog } from './testing/fake-group-log.ts';
import { copy, record, setUpProcessing } from './testing/processing-rig.ts';

const MARK = 'U3dDAQ==';

describe('an input partition, within a record and beyond its time', () => {
  it('commits the offset of a record with the cursor until the record is done, and continues it there in another process', async () => {
    const parts = ['a', 'b', 'c', 'd', 'e'];
    const cursors: (string | undefined)[] = [];
    const log = createFakeGroupLog();
    const process = function* (_record: LogRecord, cursor: string | undefined): Generator<Step> {
      cursors.push(cursor);
      for (const part of parts.filter((each) => cursor === undefined || each > cursor)) {
        const records = [{ topic: 'out', key: Buffer.from('k'), value: Buffer.from(part) }];
        yield part === 'e' ? { records } : { records, cursor: part };
      }
    };
    const { clock, state, input, fail, committed, metadata } = setUpProcessing({ log, process });
    input().offer([record(7)]);
    await clock.advance(100);
    expect([state.output, state.transactions.map((each) => each.records), committed(), metadata()]).toEqual([parts, [2, 2, 1], 8n, MARK]);
    fail('not-member', { committed: true });
    input().offer([record(8)]);
    await clock.advance(0);
    expect([committed(), metadata()]).toEqual([8n, encodeCursor(8n, 'b')]);
    // Another member of the group continues the record.
    const next = setUpProcessing({ log, process });
    next.input().offer([record(8)]);
    await next.clock.advance(1_000);
    expect([state.output, committed(), metadata()]).toEqual([[...parts, ...parts], 9n, MARK]);
    expect(cursors).toEqual([undefined, undefined, 'b']);
  });

  it('ignores the cursor of a record that retention has deleted', async () => {
    const cursors: (string | undefined)[] = [];
    const { clock, input, commit, at } = setUpProcessing({
      process: (record, cursor) => {
        cursors.push(cursor);
        return copy(record);
      },
    });
    commit(at(), 3n, 'U3dDAWI=');
    // Fetched from offset 3 on: no record is left below 5.
    input().offer([record(5)]);
    await clock.advance(0);
    expect(cursors).toEqual([undefined]);
  });

  it('goes back to the offset of the group where reading began above it', async () => {
    const sought: bigint[] = [];
    const { clock, state, input, commit, at } = setUpProcessing({ seek: (offset) => sought.push(offset) });
    commit(at(), 4n);
    input().begin(9n);
    input().offer([record(9)]);
    await clock.advance(100);
    expect([sought, state.output, input().readTo()]).toEqual([[4n], [], 4n]);
    input().offer([record(4), record(9)]);
    await clock.advance(100);
    expect(state.output).toEqual(['v4', 'v9']);
  });

  it('waits, and processes nothing, while the cursor was written by a newer version', async () => {
    const { clock, state, input, commit, at, healthy, seen } = setUpProcessing();
    commit(at(), 0n, Buffer.from('SwC\u0003b').toString('base64'));
    input().offer([record(0)]);
    await clock.advance(5_000);
    expect([state.output, healthy(), seen.logged[0]]).toEqual([[], false, expect.objectContaining({ code: 'ERR_LOG_NEWER_CURSOR' })]);
    commit(at(), 0n);
    await clock.advance(10_000);
    expect([state.output, healthy()]).toEqual([['v0'], true]);
  });

  it('tries a transaction that timed out with half of its records, down to one step, and says so', async () => {
    const { clock, state, input, fail, seen } = setUpProcessing({ bounds: { maxRecords: 8 } });
    for (let times = 0; times < 4; times += 1) fail('timed-out');
    input().offer(Array.from({ length: 8 }, (_, offset) => record(offset)));
    await clock.advance(60_000);
    expect(state.output).toEqual(['v0', 'v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7']);
    expect(state.transactions.map(({ records }) => records)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect([seen.refused, seen.timedOut]).toEqual([[], 4]);
    expect(seen.logged).toEqual(
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
    const { clock, state, input, fail } = setUpProcessing({
      bounds: { maxRecords: 4 },
      buffer: { maxRecords: 1_000, maxBytes: 1_000_000 },
    });
    fail('timed-out');
    input().offer(Array.from({ length: 24 }, (_, offset) => record(offset)));
    await clock.advance(60_000);
    expect(state.transactions.map(({ records }) => records)).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 4, 4]);
  });
});
