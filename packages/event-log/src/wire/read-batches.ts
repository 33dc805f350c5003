// As a whole: Node.js 20 has no zstdDecompressSync.
import zlib from 'node:zlib';
import { LogError } from '../kafkajs/errors/log-error.ts';
import type { Header, LogRecord, Position, TopicPartition } from '../log.ts';
import { crc32c } from './crc32c.ts';
import type { AbortedTransaction } from './fetch.ts';
import { MalformedBatch, RecordCursor } from './record-cursor.ts';

// The grammar of a record batch: record-batch.ts. Bits of attributes that only a reader meets: 3: all records have the maximum
// timestamp, which is when the broker appended them; 5: a control batch, whose only record ends a transaction.

const HEADER_BYTES = 61;
const LENGTH_COVERS_FROM = 12;
const CRC_COVERS_FROM = 21;
const MAGIC = 2;
const CODEC = 0x07;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
/** Key of a control record: version, then type; 0 is abort, 1 is commit. */
const ABORT = 0;
const MAX_DECOMPRESSED_BYTES = 128 * 1024 * 1024;
/** Of decompressed batches, after which no further one of a response is read. */
const ENOUGH_BYTES = 32 * 1024 * 1024;
const NO_HEADERS: readonly Header[] = [];
const EMPTY = Buffer.alloc(0);
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

/** What record batches have to say of a partition. */
export interface ReadBatches {
  /**
   * Committed records at or above the position, in offset order. Keys and values are views: a record that is kept keeps twice
   * the bytes of its batch, or `Buffer.poolSize` (64 KiB), at most.
   */
  readonly records: readonly LogRecord[];
  /** The offset after the last batch that was read, or the position. A last batch that is not whole is ignored. */
  readonly next: bigint;
  /** The batch at `next` cannot be read: ERR_LOG_UNREADABLE. */
  readonly unreadable: LogError | undefined;
}

/** The record batches of a response, which may begin below the position. Throws nothing. */
export function readBatches(
  bytes: Buffer,
  { topic, partition, offset }: Position,
  { aborted, lastStableOffset }: { readonly aborted: readonly AbortedTransaction[]; readonly lastStableOffset: bigint },
): ReadBatches {
  const records: LogRecord[] = [];
  const aborting = createAbortFilter(aborted);
  let next = offset;
  let at = 0;
  let bytesRead = 0;
  try {
    while (bytes.length - at >= LENGTH_COVERS_FROM && bytesRead < ENOUGH_BYTES) {
      const length = bytes.readInt32BE(at + 8);
      if (length < HEADER_BYTES - LENGTH_COVERS_FROM) throw new MalformedBatch(`the length of the batch is ${length}`);
      const end = at + LENGTH_COVERS_FROM + length;
      if (end > bytes.length) break;
      const batch = ownBytes(bytes, at, end);
      const header = readHeader(batch);
      // The CRC does not cover the base offset. A response begins with the batch of the position, or with a later one.
      if (header.lastOffset < next || (at > 0 && header.baseOffset < next)) {
        throw new MalformedBatch(`it has the offsets ${header.baseOffset} to ${header.lastOffset}`);
      }
      // Only if the last stable offset moved while the broker read: the next response has the batch again.
      if (lastStableOffset >= 0n && header.baseOffset >= lastStableOffset) break;
      if (!aborting.drops(header, batch)) bytesRead += pushRecords(records, { topic, partition }, next, header, batch);
      next = header.lastOffset + 1n;
      at = end;
    }
  } catch (cause) {
    const unreadable = new LogError(
      'ERR_LOG_UNREADABLE',
      `${topic}/${partition}: the batch at offset ${next} is unreadable: ${String(cause)}`,
      { cause },
    );
    while ((records.at(-1)?.offset ?? -1n) >= next) records.pop();
    return { records, next, unreadable };
  }
  return { records, next, unreadable: undefined };
}

/** Copies a batch that is a small part of a large response. */
function ownBytes(bytes: Buffer, at: number, end: number): Buffer {
  const batch = bytes.subarray(at, end);
  return Math.max(batch.length * 2, Buffer.poolSize) < bytes.buffer.byteLength ? Buffer.from(batch) : batch;
}

interface BatchHeader {
  readonly baseOffset: bigint;
  readonly lastOffset: bigint;
  readonly attributes: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId: bigint;
  readonly count: number;
}

function readHeader(batch: Buffer): BatchHeader {
  const magic = batch.readInt8(16);
  if (magic !== MAGIC) throw new MalformedBatch(`its magic is ${magic}, not ${MAGIC}`);
  const crc = batch.readUInt32BE(17);
  if (crc !== crc32c(batch, CRC_COVERS_FROM)) throw new MalformedBatch('its CRC does not match its bytes');
  const baseOffset = batch.readBigInt64BE(0);
  const lastOffsetDelta = batch.readInt32BE(23);
  const count = batch.readInt32BE(57);
  if (baseOffset < 0n || lastOffsetDelta < 0 || count < 0) {
    throw new MalformedBatch(`base offset ${baseOffset}, last offset delta ${lastOffsetDelta}, ${count} records`);
  }
  return {
    baseOffset,
    lastOffset: baseOffset + BigInt(lastOffsetDelta),
    attributes: batch.readInt16BE(21),
    baseTimestamp: Number(batch.readBigInt64BE(27)),
    maxTimestamp: Number(batch.readBigInt64BE(35)),
    producerId: batch.readBigInt64BE(43),
    count,
  };
}

/**
 * Recognizes control batches and batches of aborted transactions. The broker names each aborted transaction that touches the
 * fetched range by producer and first offset, in no promised order; several may have begun before the first fetched record. A
 * transaction ends at the abort marker of its producer, which only a control batch has: a sender's record may have its key bytes.
 */
function createAbortFilter(aborted: readonly AbortedTransaction[]) {
  const waiting = aborted.length === 0 ? [] : aborted.toSorted((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  const aborting = new Set<bigint>();
  let begun = 0;
  return {
    drops(header: BatchHeader, batch: Buffer): boolean {
      for (let next = waiting[begun]; next !== undefined && next.firstOffset <= header.lastOffset; next = waiting[begun]) {
        aborting.add(next.producerId);
        begun += 1;
      }
      if ((header.attributes & CONTROL) !== 0) {
        if (isAbortMarker(header, batch)) aborting.delete(header.producerId);
        return true;
      }
      return (header.attributes & TRANSACTIONAL) !== 0 && aborting.has(header.producerId);
    },
  };
}

function isAbortMarker({ count }: BatchHeader, batch: Buffer): boolean {
  // Compaction may have left nothing of it.
  if (count === 0) return false;
  const cursor = new RecordCursor(batch, HEADER_BYTES, batch.length);
  cursor.length();
  cursor.octet();
  cursor.varint();
  cursor.varint();
  const key = cursor.field();
  if (key === null || key.length < 4) throw new MalformedBatch('a control record has no type');
  return key.readInt16BE(2) === ABORT;
}

/** Appends the records of the batch at or above `from`. Returns its decompressed bytes. */
function pushRecords(records: LogRecord[], of: TopicPartition, from: bigint, header: BatchHeader, batch: Buffer): number {
  const { baseOffset, lastOffset, attributes, baseTimestamp, maxTimestamp, count } = header;
  const { topic, partition } = of;
  const body = decompress(attributes & CODEC, batch);
  const cursor = new RecordCursor(body.bytes, body.at, body.bytes.length);
  const end = cursor.end;
  let previous = baseOffset - 1n;
  for (let left = count; left > 0; left -= 1) {
    const length = cursor.length();
    cursor.end = cursor.at + length;
    // Attributes of a record: none are defined.
    cursor.octet();
    const timestampDelta = cursor.varint();
    const offset = baseOffset + BigInt(cursor.varint());
    if (offset <= previous || offset > lastOffset) throw new MalformedBatch(`a record has the offset ${offset}`);
    previous = offset;
    const key = cursor.field();
    const value = cursor.field();
    const headers = readHeaders(cursor);
    if (cursor.at !== cursor.end) throw new MalformedBatch(`a record has ${cursor.end - cursor.at} bytes too many`);
    cursor.end = end;
    if (offset < from) continue;
    const timestamp = (attributes & LOG_APPEND_TIME) === 0 ? baseTimestamp + timestampDelta : maxTimestamp;
    records.push({ topic, partition, offset, timestamp, key, value, headers });
  }
  if (cursor.at !== end) throw new MalformedBatch(`${end - cursor.at} bytes follow its records`);
  return end;
}

function readHeaders(cursor: RecordCursor): readonly Header[] {
  const count = cursor.varint();
  if (count === 0) return NO_HEADERS;
  if (count < 0) throw new MalformedBatch(`a record has ${count} headers`);
  const headers: Header[] = [];
  for (let left = count; left > 0; left -= 1) headers.push([cursor.text(), cursor.field() ?? EMPTY]);
  return headers;
}

function decompress(codec: number, batch: Buffer): { readonly bytes: Buffer; readonly at: number } {
  if (codec === 0) return { bytes: batch, at: HEADER_BYTES };
  const compressed = batch.subarray(HEADER_BYTES);
  const options = { maxOutputLength: MAX_DECOMPRESSED_BYTES };
  if (codec === 1) return { bytes: zlib.gunzipSync(compressed, options), at: 0 };
  if (codec === 4) return { bytes: zlib.zstdDecompressSync(compressed, options), at: 0 };
  throw new MalformedBatch(`its codec is ${CODECS[codec] ?? codec}; known are none, gzip and zstd`);
}
