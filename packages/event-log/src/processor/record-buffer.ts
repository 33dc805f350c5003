import type { LogRecord } from '../log.ts';

/** Records of one input partition that were read and are not yet processed, in offset order. */
export interface SliceBuffer {
  /** Takes records in; those read before are left out. */
  add(records: readonly LogRecord[]): void;
  /** The first records, at most as many as a slice may hold, without taking them out. */
  peek(): readonly LogRecord[];
  /** Drops what lies before the offset, also of what is added later. */
  dropBefore(offset: bigint): void;
  /** Drops everything and takes records from the offset on. */
  restart(offset: bigint): void;
  /** Nothing stands in [from, to): counts as read when all before it has been. */
  pass(from: bigint, to: bigint): void;
  /** Holds enough for some slices: no more should be read. */
  full(): boolean;
  /** Little enough is left to read on. */
  low(): boolean;
  empty(): boolean;
  /** The offset after the last one that was read or dropped; undefined before the first record. */
  readTo(): bigint | undefined;
}

const MAX_SLICE_BYTES = 1_048_576;
const SLICES_AHEAD = 4;

export function createSliceBuffer(maxSliceRecords: number): SliceBuffer {
  let records: LogRecord[] = [];
  let bytes = 0;
  /** Every offset below has been read already. */
  let next = -1n;

  const above = (share: number): boolean => records.length >= share * maxSliceRecords || bytes >= share * MAX_SLICE_BYTES;

  return {
    add(more) {
      for (const record of more) {
        if (record.offset < next) continue;
        records.push(record);
        bytes += sizeOf(record);
        next = record.offset + 1n;
      }
    },
    peek() {
      let sliceBytes = 0;
      let count = 0;
      for (const record of records) {
        sliceBytes += sizeOf(record);
        if (count === maxSliceRecords || (count > 0 && sliceBytes > MAX_SLICE_BYTES)) break;
        count += 1;
      }
      return records.slice(0, count);
    },
    dropBefore(offset) {
      records = records.filter((record) => record.offset >= offset);
      bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
      if (offset > next) next = offset;
    },
    restart(offset) {
      records = [];
      bytes = 0;
      next = offset;
    },
    pass(from, to) {
      if (next >= from && to > next) next = to;
    },
    full: () => above(SLICES_AHEAD),
    low: () => !above(SLICES_AHEAD / 2),
    empty: () => records.length === 0,
    readTo: () => (next < 0n ? undefined : next),
  };
}

function sizeOf(record: LogRecord): number {
  return (record.key?.length ?? 0) + (record.value?.length ?? 0);
}
