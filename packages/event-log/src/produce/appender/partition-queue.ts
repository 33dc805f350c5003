import type { Entry } from './entry.ts';

export interface PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  /** A batch of this topic-partition is with the send path. */
  inFlight: boolean;
  add(entry: Entry): void;
  /** Back to the front, in order. */
  putBack(entries: readonly Entry[]): void;
  remove(entry: Entry): void;
  /** Takes the records of the next batch off the front. */
  take(): Entry[];
  entries(): Iterable<Entry>;
  empty(): boolean;
  /** Holds a whole batch: no reason to wait for more. */
  full(): boolean;
  /** Waiting for more would add nothing to the next batch: it is full, or its first record goes alone. */
  hasBatch(): boolean;
}

const MAX_BATCH_RECORDS = 500;
/** With its header it fits what a consumer's fetch gives each partition; of larger batches a response holds only one. */
const MAX_BATCH_BYTES = 255 * 1024;

/** The records that wait for one topic-partition, in order; any of them can be taken out at no cost. */
export function createPartitionQueue(topic: string, partition: number): PartitionQueue {
  let waiting = new Set<Entry>();
  let bytes = 0;
  return {
    topic,
    partition,
    inFlight: false,
    add(entry) {
      waiting.add(entry);
      bytes += entry.bytes;
    },
    putBack(entries) {
      waiting = new Set([...entries, ...waiting]);
      bytes += entries.reduce((sum, entry) => sum + entry.bytes, 0);
    },
    remove(entry) {
      if (waiting.delete(entry)) bytes -= entry.bytes;
    },
    take() {
      const batch: Entry[] = [];
      let batchBytes = 0;
      for (const entry of waiting) {
        const fits = batch.length < MAX_BATCH_RECORDS && batchBytes + entry.bytes <= MAX_BATCH_BYTES && !entry.alone;
        if (batch.length > 0 && !fits) break;
        waiting.delete(entry);
        batch.push(entry);
        batchBytes += entry.bytes;
        if (entry.alone) break;
      }
      bytes -= batchBytes;
      return batch;
    },
    entries: () => waiting,
    empty: () => waiting.size === 0,
    hasBatch() {
      const [first] = waiting;
      return this.full() || first?.alone === true;
    },
    full: () => waiting.size >= MAX_BATCH_RECORDS || bytes >= MAX_BATCH_BYTES,
  };
}
