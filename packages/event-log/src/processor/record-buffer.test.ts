import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../log.ts';
import { createSliceBuffer } from './slice-buffer.ts';

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
const offsets = (slice: readonly LogRecord[]): readonly number[] => slice.map(({ offset }) => Number(offset));

describe('createSliceBuffer', () => {
  it('gives slices of at most so many records, in order', () => {
    const buffer = createSliceBuffer(2);
    buffer.add(records(1, 3, 4));
    expect(offsets(buffer.peek())).toEqual([1, 3]);
    buffer.dropBefore(4n);
    expect(offsets(buffer.peek())).toEqual([4]);
  });

  it('gives slices of at most a mebibyte unless one record is larger', () => {
    const buffer = createSliceBuffer(10);
    buffer.add([record(0, 2_000_000), record(1, 600_000), record(2, 600_000)]);
    expect(offsets(buffer.peek())).toEqual([0]);
    buffer.dropBefore(1n);
    expect(offsets(buffer.peek())).toEqual([1]);
  });

  it('takes no record twice, whatever is read again after a rebalance', () => {
    const buffer = createSliceBuffer(10);
    buffer.add(records(1, 2, 3));
    buffer.add(records(2, 3, 4));
    expect(offsets(buffer.peek())).toEqual([1, 2, 3, 4]);
  });

  it('leaves out what was committed before it came', () => {
    const buffer = createSliceBuffer(10);
    buffer.dropBefore(3n);
    buffer.add(records(1, 2, 3));
    expect(offsets(buffer.peek())).toEqual([3]);
  });

  it('knows how far was read', () => {
    const buffer = createSliceBuffer(10);
    expect(buffer.readTo()).toBeUndefined();
    buffer.add(records(7));
    expect(buffer.readTo()).toBe(8n);
    buffer.dropBefore(20n);
    expect(buffer.readTo()).toBe(20n);
  });

  it('counts what holds no record as read when all before it was', () => {
    const buffer = createSliceBuffer(10);
    buffer.pass(0n, 5n);
    expect(buffer.readTo()).toBeUndefined();
    buffer.add(records(7));
    buffer.pass(8n, 10n);
    expect(buffer.readTo()).toBe(10n);
    buffer.pass(12n, 14n);
    buffer.pass(3n, 6n);
    expect(buffer.readTo()).toBe(10n);
    buffer.add(records(10));
    expect(offsets(buffer.peek())).toEqual([7, 10]);
  });

  it('is full with four slices and low again with two', () => {
    const buffer = createSliceBuffer(2);
    buffer.add(records(0, 1, 2, 3, 4, 5, 6, 7));
    expect([buffer.full(), buffer.low()]).toEqual([true, false]);
    buffer.dropBefore(4n);
    expect([buffer.full(), buffer.low()]).toEqual([false, false]);
    buffer.dropBefore(5n);
    expect(buffer.low()).toBe(true);
  });
});
