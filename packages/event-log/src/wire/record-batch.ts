import type { Header } from '../log.ts';
import { crc32c } from './crc32c.ts';
import { sizeOfVarint, writeVarint } from './varint.ts';

/** A record as it goes into a batch: everything about it is decided. */
export interface BatchRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly Header[];
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** Who sends the batch: it lets the broker tell a repeated batch from a new one. */
export interface BatchOrigin {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly transactional: boolean;
}

// Record batch, magic 2 (ABNF, RFC 5234; integers are big-endian and signed):
//
//   batch           = base-offset batch-bytes leader-epoch magic crc attributes last-offset-delta
//                     base-timestamp max-timestamp producer-id producer-epoch base-sequence count *record
//   base-offset     = int64                          ; 0: the broker assigns it
//   batch-bytes     = int32                          ; of all that follows, from leader-epoch on
//   leader-epoch    = int32                          ; -1: not known
//   magic           = int8                           ; 2
//   crc             = int32                          ; CRC-32C of all that follows, from attributes on
//   attributes      = int16                          ; bits 0 to 2: codec, 0: none; bit 4: in a transaction
//   base-timestamp, max-timestamp = int64            ; milliseconds since the epoch
//   producer-id     = int64                          ; -1: none, as producer-epoch and base-sequence then are
//   producer-epoch  = int16
//   last-offset-delta, base-sequence, count = int32
//
//   record          = record-bytes record-attributes timestamp-delta offset-delta key value header-count *header
//   record-bytes    = varint                         ; of all that follows
//   record-attributes = int8                         ; 0
//   timestamp-delta, offset-delta, header-count = varint  ; deltas to the first record of the batch
//   key, value      = varint *OCTET                  ; bytes, then the content; -1: null
//   header          = header-name value
//   header-name     = varint *OCTET                  ; bytes of UTF-8, then the text

const HEADER_BYTES = 61;
const LENGTH_COVERS_FROM = 12;
const CRC_COVERS_FROM = 21;
const TRANSACTIONAL = 0x10;
const NO_LEADER_EPOCH = -1;
const MAGIC = 2;

export function encodeRecordBatch(records: readonly BatchRecord[], origin: BatchOrigin): Buffer {
  const first = records[0];
  if (first === undefined) throw new RangeError('a record batch holds at least one record');
  const baseTimestamp = first.timestamp;
  let maxTimestamp = baseTimestamp;
  let size = HEADER_BYTES;
  const bodySizes = new Array<number>(records.length);
  for (let index = 0; index < records.length; index += 1) {
    const record = records[index] as BatchRecord;
    if (record.timestamp > maxTimestamp) maxTimestamp = record.timestamp;
    const bodySize = sizeOfBody(record, record.timestamp - baseTimestamp, index);
    bodySizes[index] = bodySize;
    size += sizeOfVarint(bodySize) + bodySize;
  }
  // Every byte is written below.
  const batch = Buffer.allocUnsafeSlow(size);
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(size - LENGTH_COVERS_FROM, 8);
  batch.writeInt32BE(NO_LEADER_EPOCH, 12);
  batch.writeInt8(MAGIC, 16);
  batch.writeInt16BE(origin.transactional ? TRANSACTIONAL : 0, 21);
  batch.writeInt32BE(records.length - 1, 23);
  batch.writeBigInt64BE(BigInt(baseTimestamp), 27);
  batch.writeBigInt64BE(BigInt(maxTimestamp), 35);
  batch.writeBigInt64BE(origin.producerId, 43);
  batch.writeInt16BE(origin.producerEpoch, 51);
  batch.writeInt32BE(origin.baseSequence, 53);
  batch.writeInt32BE(records.length, 57);
  let position = HEADER_BYTES;
  for (let index = 0; index < records.length; index += 1) {
    const record = records[index] as BatchRecord;
    position = writeVarint(batch, position, bodySizes[index] as number);
    position = writeBody(batch, position, record, record.timestamp - baseTimestamp, index);
  }
  batch.writeUInt32BE(crc32c(batch, CRC_COVERS_FROM), 17);
  return batch;
}

/** Bytes that a record adds to a batch, at most. */
export function recordSize(record: BatchRecord): number {
  const LARGEST_VARINTS = 5 + 10 + 5;
  return LARGEST_VARINTS + sizeOfBody(record, 0, 0);
}

function sizeOfBody(record: BatchRecord, timestampDelta: number, offsetDelta: number): number {
  let size =
    1 +
    sizeOfVarint(timestampDelta) +
    sizeOfVarint(offsetDelta) +
    sizeOfBytes(record.key) +
    sizeOfBytes(record.value) +
    sizeOfVarint(record.headers.length);
  for (const [name, value] of record.headers) {
    const nameBytes = Buffer.byteLength(name);
    size += sizeOfVarint(nameBytes) + nameBytes + sizeOfBytes(value);
  }
  return size;
}

function writeBody(target: Buffer, start: number, record: BatchRecord, timestampDelta: number, offsetDelta: number): number {
  target[start] = 0;
  let position = writeVarint(target, start + 1, timestampDelta);
  position = writeVarint(target, position, offsetDelta);
  position = writeBytes(target, position, record.key);
  position = writeBytes(target, position, record.value);
  position = writeVarint(target, position, record.headers.length);
  for (const [name, value] of record.headers) {
    const nameBytes = Buffer.byteLength(name);
    position = writeVarint(target, position, nameBytes);
    position += target.write(name, position, nameBytes);
    position = writeBytes(target, position, value);
  }
  return position;
}

function sizeOfBytes(bytes: Buffer | null): number {
  return bytes === null ? 1 : sizeOfVarint(bytes.length) + bytes.length;
}

function writeBytes(target: Buffer, position: number, bytes: Buffer | null): number {
  if (bytes === null) return writeVarint(target, position, -1);
  const at = writeVarint(target, position, bytes.length);
  target.set(bytes, at);
  return at + bytes.length;
}
