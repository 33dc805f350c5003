import { ClassicReader, ClassicWriter } from '../../wire/classic.ts';
import type { AbortedTransaction, SessionPart } from '../../wire/fetch.ts';

/** A Fetch request as a broker reads it. */
export interface FetchCall extends SessionPart {
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
}

/** What a broker has to say of a partition. */
export interface PartitionData {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly lastStableOffset: bigint;
  readonly aborted: readonly AbortedTransaction[];
  readonly batches: Buffer;
}

export function readFetchRequest(body: Buffer): FetchCall {
  const reader = new ClassicReader(body);
  reader.int32();
  const maxWaitMs = reader.int32();
  reader.int32();
  const maxBytes = reader.int32();
  reader.uint8();
  const sessionId = reader.int32();
  const epoch = reader.int32();
  let maxBytesPerPartition = 0;
  const partitions = reader.array(() => {
    const topic = reader.string() ?? '';
    return reader.array(() => {
      const partition = reader.int32();
      reader.int32();
      const offset = reader.int64();
      reader.int64();
      maxBytesPerPartition = reader.int32();
      return { topic, partition, offset };
    });
  });
  const forgotten = reader.array(() => {
    const topic = reader.string() ?? '';
    return reader.array(() => ({ topic, partition: reader.int32() }));
  });
  return { maxWaitMs, maxBytes, maxBytesPerPartition, sessionId, epoch, partitions: partitions.flat(), forgotten: forgotten.flat() };
}

export function encodeFetchResponse(response: {
  readonly throttleMs?: number;
  readonly errorCode?: number;
  readonly sessionId?: number;
  readonly partitions?: readonly PartitionData[];
}): Buffer {
  const { throttleMs = 0, errorCode = 0, sessionId = 0, partitions = [] } = response;
  const writer = new ClassicWriter().int32(throttleMs).int16(errorCode).int32(sessionId);
  // One topic element for each partition: a broker may do so, and it keeps their order.
  writer.array(partitions, ({ topic, partition, errorCode: code, lastStableOffset, aborted, batches }) => {
    writer.string(topic).int32(1).int32(partition).int16(code).int64(lastStableOffset).int64(lastStableOffset).int64(0n);
    writer.array(aborted, ({ producerId, firstOffset }) => void writer.int64(producerId).int64(firstOffset));
    writer.int32(-1).bytes(batches);
  });
  return writer.encoded().buffer;
}
