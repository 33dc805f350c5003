import type { LogRecord, TopicPartition } from '../log.ts';
import type { LogLogger } from '../logger.ts';
import { createRecordBuffer, type RecordBuffer, type RecordBufferLimits } from './record-buffer.ts';

export interface PartitionReadingOptions extends TopicPartition {
  /** How much is read ahead. */
  readonly buffer?: RecordBufferLimits | undefined;
  /** The log start offset now; rejects while the brokers are away. */
  readonly logStartOffset: () => Promise<bigint>;
  /** Called when reading should pause or may continue. */
  readonly setPaused: (paused: boolean) => void;
  /** Reading continues at this offset. */
  readonly seek: (offset: bigint) => void;
  readonly logger: LogLogger;
}

/** What was read of a partition and is not committed, and how reading continues. */
export interface PartitionReading {
  readonly buffer: RecordBuffer;
  /**
   * Records in offset order; some may have been offered before. `from` is the offset that was asked for: no other record is
   * between it and the last one. False refuses them, and reading goes back to what is missing before `from`.
   */
  offer(records: readonly LogRecord[], from: bigint): boolean;
  /** The group is at this offset: no record below it is needed, and all from it on. */
  startAt(offset: bigint): void;
  /** All below the offset is committed. */
  committed(offset: bigint): void;
  /** No more records should be offered for now; only while there are some. */
  paused(): boolean;
}

export function createPartitionReading(options: PartitionReadingOptions): PartitionReading {
  const { topic, partition, logger } = options;
  const buffer = createRecordBuffer(options.buffer);
  let paused = false;
  /** Where the first fetch began that was offered before anything was known of the start. */
  let firstFrom: bigint | undefined;
  /** The records from here on were read or are still to be read. */
  let completeFrom: bigint | undefined;
  /** The log start offset, as far as is known. */
  let logStartOffset = 0n;

  /**
   * A fetch of an earlier generation may still arrive and begin where that one was, above the offset wanted here: reading
   * is sent back, unless that is the log start offset. That is looked up for the fetch that comes next.
   */
  function missesBefore(from: bigint, wanted: bigint): boolean {
    if (from <= wanted || from <= logStartOffset) return false;
    options.logStartOffset().then(
      (found) => {
        logStartOffset = found;
      },
      (error) => logger.debug({ err: error, topic, partition }, 'The log start offset is not known'),
    );
    options.seek(wanted);
    return true;
  }

  function pauseOrResume(): void {
    const next = paused ? !buffer.low() : buffer.full();
    if (next === paused) return;
    paused = next;
    options.setPaused(paused);
  }

  return {
    buffer,
    offer(records, from) {
      const next = buffer.readTo();
      if (next === undefined) firstFrom ??= from;
      else if (missesBefore(from, next)) return false;
      buffer.add(records);
      pauseOrResume();
      return true;
    },
    startAt(offset) {
      if (completeFrom !== undefined && offset < completeFrom) {
        // The group's offset was reset to a lower one: the buffer begins above it.
        buffer.restart(offset);
        options.seek(offset);
      } else if (firstFrom !== undefined && missesBefore(firstFrom, offset)) {
        buffer.restart(offset);
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
