import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../log.ts';
import { createRecordBuffer, type RecordBuffer } from './record-buffer.ts';

const record = (offset: number, bytes = 1): LogRecord => ({
  topic: 't',
  partition: 0,
  offset: BigInt(offset),
  timestamp: 0,
  key: null,
  value: Buffer.alloc(bytes),
  headers: [],
});

const records = (...offsets: readonly number[]): readonly LogRecord[] => offsets.map((offset) => record(offset));

/** Offsets of all records in the buffer. */
function offsets(buffer: RecordBuffer): readonly number[] {
  const found: number[] = [];
  for (let record = buffer.from(0n); record !== undefined; record = buffer.from(record.offset + 1n)) found.push(Number(record.offset));
  return found;
}

describe('createRecordBuffer', () => {
  it('gives the first record at an offset or above it', () => {
    const buffer = createRecordBuffer();
    buffer.add(records(1, 3, 4));
    expect([0n, 1n, 2n, 3n, 4n, 5n].map((offset) => buffer.from(offset)?.offset)).toEqual([1n, 1n, 3n, 3n, 4n, undefined]);
    buffer.dropBefore(4n);
    expect(buffer.from(0n)?.offset).toBe(4n);
  });

  it('takes no record twice, whatever is read again after a rebalance', () => {
    const buffer = createRecordBuffer();
    buffer.add(records(1, 2, 3));
    buffer.add(records(2, 3, 4));
    expect(offsets(buffer)).toEqual([1, 2, 3, 4]);
  });

  it('leaves out what was committed before it came', () => {
    const buffer = createRecordBuffer();
    buffer.dropBefore(3n);
    buffer.add(records(1, 2, 3));
    expect(offsets(buffer)).toEqual([3]);
  });

  it('knows how far was read', () => {
    const buffer = createRecordBuffer();
    expect(buffer.readTo()).toBeUndefined();
    buffer.add(records(7));
    expect(buffer.readTo()).toBe(8n);
    buffer.dropBefore(20n);
    expect(buffer.readTo()).toBe(20n);
  });

  it('counts offsets that no record has as read', () => {
    const buffer = createRecordBuffer();
    buffer.passTo(5n);
    expect(buffer.readTo()).toBe(5n);
    buffer.add(records(7));
    buffer.passTo(10n);
    buffer.passTo(6n);
    expect(buffer.readTo()).toBe(10n);
    buffer.add(records(9, 10));
    expect(offsets(buffer)).toEqual([7, 10]);
  });

  it('is full with 8 records where 8 are the most, and low again with fewer than 4', () => {
    const buffer = createRecordBuffer({ maxRecords: 8, maxBytes: 1_000 });
    buffer.add(records(0, 1, 2, 3, 4, 5, 6, 7));
    expect([buffer.full(), buffer.low()]).toEqual([true, false]);
    buffer.dropBefore(4n);
    expect([buffer.full(), buffer.low()]).toEqual([false, false]);
    buffer.dropBefore(5n);
    expect(buffer.low()).toBe(true);
  });

  it('is full with 1,000 bytes where they are the most, and low again with fewer than 500', () => {
    const buffer = createRecordBuffer({ maxRecords: 8, maxBytes: 1_000 });
    buffer.add([record(0, 600), record(1, 400)]);
    expect([buffer.full(), buffer.low()]).toEqual([true, false]);
    buffer.dropBefore(1n);
    expect([buffer.full(), buffer.low()]).toEqual([false, true]);
  });
});
