import type { LogRecord, TopicPartition } from '../log.ts';

/** What a response has of one partition. */
export interface FetchedPartition extends TopicPartition {
  /** Committed records at or above `from`, in offset order. */
  readonly records: readonly LogRecord[];
  /** The offset that was asked for. */
  readonly from: bigint;
  /** The offset to read next: no other committed record is between `from` and `next`. */
  readonly next: bigint;
}
