import { type BatchRecord, recordSize } from '../../wire/record-batch.ts';
import type { OutBatch } from './batch.ts';

/** No batch is larger than this unless one record is. */
const MAX_BATCH_BYTES = 1_048_576;
const BATCH_HEADER_BYTES = 61;

/** The records in order, in batches within the size limit. */
export function splitBatches(batch: OutBatch, maxBytes = MAX_BATCH_BYTES): readonly OutBatch[] {
  const { topic, partition } = batch;
  const parts: BatchRecord[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const record of batch.records) {
    const size = recordSize(record);
    const part = parts.at(-1);
    if (part === undefined || bytes + size > maxBytes) {
      parts.push([record]);
      bytes = BATCH_HEADER_BYTES + size;
    } else {
      part.push(record);
      bytes += size;
    }
  }
  return parts.map((records) => ({ topic, partition, records }));
}
