import type { Batch } from 'kafkajs';

/** kafkajs leaves this member out of its types: the offset that was asked for. */
export interface FetchedBatch extends Batch {
  readonly fetchedOffset: string;
}
