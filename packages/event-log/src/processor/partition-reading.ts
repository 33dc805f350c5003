import type { LogRecord } from '../log.ts';
import { createRecordBuffer, type RecordBuffer, type RecordBufferLimits } from './record-buffer.ts';

export interface PartitionReadingOptions {
  /** How much is read ahead. */
  readonly buffer?: RecordBufferLimits | undefined;
  /** Called when reading should pause or may continue. */
  readonly setPaused: (paused: boolean) => void;
  /** Reading continues at this offset. */
  readonly seek: (offset: bigint) => void;
}

/** What was read of a partition and is not committed, and how reading continues. */
export interface PartitionReading {
  readonly buffer: RecordBuffer;
  /** Reading begins at the offset, unless it has begun. */
  begin(offset: bigint): void;
  /** All records below `next` that follow those before, in offset order. */
  offer(records: readonly LogRecord[], next: bigint): void;
  /** Reading has moved to an offset outside of what was read. */
  moved(offset: bigint): void;
  /** The group is at this offset: no record below it is needed, and all from it on. */
  startAt(offset: bigint): void;
  /** All below the offset is committed. */
  committed(offset: bigint): void;
  /** No more records should be offered for now; only while there are some. */
  paused(): boolean;
}

export function createPartitionReading({ buffer: limits, setPaused, seek }: PartitionReadingOptions): PartitionReading {
  const buffer = createRecordBuffer(limits);
  let paused = false;
  /** The records from here on were read or are still to be read. */
  let completeFrom: bigint | undefined;

  function pauseOrResume(): void {
    const next = paused ? !buffer.low() : buffer.full();
    if (next === paused) return;
    paused = next;
    setPaused(paused);
  }

  function moved(offset: bigint): void {
    buffer.restart(offset);
    completeFrom = offset;
    pauseOrResume();
  }

  return {
    buffer,
    begin(offset) {
      if (completeFrom === undefined) moved(offset);
    },
    offer(records, next) {
      buffer.add(records);
      buffer.passTo(next);
      pauseOrResume();
    },
    moved,
    startAt(offset) {
      if (completeFrom !== undefined && offset < completeFrom) {
        // The group's offset was reset to a lower one: the buffer begins above it.
        buffer.restart(offset);
        seek(offset);
      } else {
        buffer.dropBefore(offset);
      }
      completeFrom = offset;
      // Another member may have processed all that was in the buffer.
      pauseOrResume();
    },
    committed(offset) {
      buffer.dropBefore(offset);
      completeFrom = offset;
      pauseOrResume();
    },
    paused: () => paused && !buffer.empty(),
  };
}
