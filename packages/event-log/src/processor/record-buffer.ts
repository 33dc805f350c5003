import type { LogRecord } from '../log.ts';

/** Records of one input partition that were read and are not committed yet, in offset order. */
export interface RecordBuffer {
  /** Adds records; those read before are left out. */
  add(records: readonly LogRecord[]): void;
  /** The first record at the offset or above it. */
  from(offset: bigint): LogRecord | undefined;
  /** Drops records below the offset, also of what is added later. */
  dropBefore(offset: bigint): void;
  /** Drops everything and takes records from the offset on. */
  restart(offset: bigint): void;
  /** All below the offset was read. */
  passTo(offset: bigint): void;
  /** Has enough for several transactions: no more should be read. */
  full(): boolean;
  /** Little enough is left to read on. */
  low(): boolean;
  empty(): boolean;
  /** The offset after the last one that was read or dropped; undefined before the first. */
  readTo(): bigint | undefined;
}

export interface RecordBufferLimits {
  /** Records from which the buffer is full; it is low again with half of them. */
  readonly maxRecords: number;
  readonly maxBytes: number;
}

const DEFAULTS: RecordBufferLimits = { maxRecords: 2_000, maxBytes: 4_194_304 };

export function createRecordBuffer({ maxRecords, maxBytes }: RecordBufferLimits = DEFAULTS): RecordBuffer {
  let records: LogRecord[] = [];
  let bytes = 0;
  /** Every offset below has been read already. */
  let next = -1n;

  const above = (share: number): boolean => records.length >= share * maxRecords || bytes >= share * maxBytes;

  return {
    add(more) {
      for (const record of more) {
        if (record.offset < next) continue;
        records.push(record);
        bytes += sizeOf(record);
        next = record.offset + 1n;
      }
    },
    from: (offset) => records[indexOf(records, offset)],
    dropBefore(offset) {
      const dropped = records.splice(0, indexOf(records, offset));
      bytes -= dropped.reduce((sum, record) => sum + sizeOf(record), 0);
      if (offset > next) next = offset;
    },
    restart(offset) {
      records = [];
      bytes = 0;
      next = offset;
    },
    passTo(offset) {
      if (offset > next) next = offset;
    },
    full: () => above(1),
    low: () => !above(1 / 2),
    empty: () => records.length === 0,
    readTo: () => (next < 0n ? undefined : next),
  };
}

/** The place of the first record at the offset or above it. */
function indexOf(records: readonly LogRecord[], offset: bigint): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((records[middle] as LogRecord).offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sizeOf(record: LogRecord): number {
  return (record.key?.length ?? 0) + (record.value?.length ?? 0);
}
