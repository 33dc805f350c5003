import { gzipSync, zstdCompressSync } from 'node:zlib';
import { crc32c } from '../crc32c.ts';
import { type BatchRecord, encodeRecordBatch } from '../record-batch.ts';

export interface BatchOptions {
  readonly baseOffset?: bigint;
  readonly producerId?: bigint;
  readonly transactional?: boolean;
  readonly control?: boolean;
  readonly codec?: 'none' | 'gzip' | 'zstd' | number;
  /** As if the broker had set the timestamps. */
  readonly logAppendTime?: boolean;
  /** More than the records need: compaction has removed the last ones. */
  readonly lastOffsetDelta?: number;
}

const HEADER_BYTES = 61;
const CODECS = { none: 0, gzip: 1, zstd: 4 };

/** A batch as it is in the log: `encodeRecordBatch`, with what a broker changes. */
export function storedBatch(records: readonly BatchRecord[], options: BatchOptions = {}): Buffer {
  const { baseOffset = 0n, producerId = -1n, transactional = false, control = false, codec = 'none' } = options;
  const plain = encodeRecordBatch(records.length === 0 ? [textRecord('')] : records, {
    producerId,
    producerEpoch: 0,
    baseSequence: 0,
    transactional,
  });
  const code = typeof codec === 'number' ? codec : CODECS[codec];
  const body = records.length === 0 ? Buffer.alloc(0) : plain.subarray(HEADER_BYTES);
  const batch = Buffer.concat([plain.subarray(0, HEADER_BYTES), code === 1 ? gzipSync(body) : code === 4 ? zstdCompressSync(body) : body]);
  batch.writeBigInt64BE(baseOffset, 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt16BE(batch.readInt16BE(21) | code | (control ? 0x20 : 0) | (options.logAppendTime === true ? 0x08 : 0), 21);
  batch.writeInt32BE(options.lastOffsetDelta ?? Math.max(0, records.length - 1), 23);
  batch.writeInt32BE(records.length, 57);
  return sealed(batch);
}

/** The batch with the CRC of its bytes. */
export function sealed(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch, 21), 17);
  return batch;
}

/** The marker that ends a transaction. */
export function marker(type: 'abort' | 'commit', options: BatchOptions): Buffer {
  const key = Buffer.from([0, 0, 0, type === 'abort' ? 0 : 1]);
  return storedBatch([{ key, value: Buffer.alloc(6), headers: [], timestamp: 0 }], { ...options, transactional: true, control: true });
}

export function textRecord(text: string): BatchRecord {
  return { key: Buffer.from('k'), value: Buffer.from(text), headers: [], timestamp: 1_700_000_000_000 };
}
