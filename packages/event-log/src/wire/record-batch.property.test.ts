import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kafkajsPath } from '../kafkajs/patches/load-kafkajs.ts';
import { crc32c } from './crc32c.ts';
import { type BatchRecord, encodeRecordBatch, recordSize } from './record-batch.ts';
import { sizeOfVarint, writeVarint } from './varint.ts';

const require = createRequire(import.meta.url);
const stockCrc32c = require(kafkajsPath('src/protocol/recordBatch/crc32C/index.js')) as (bytes: Buffer) => number;
const Decoder = require(kafkajsPath('src/protocol/decoder.js')) as new (
  bytes: Buffer,
) => { readVarInt(): number; readVarLong(): { toString(): string } };
const decodeRecordBatch = require(kafkajsPath('src/protocol/recordBatch/v0/decoder.js')) as (decoder: object) => Promise<{
  producerId: string;
  producerEpoch: number;
  firstSequence: number;
  inTransaction: boolean;
  maxTimestamp: string;
  records: { key: Buffer | null; value: Buffer | null; timestamp: string; offset: string; headers: Record<string, Buffer> }[];
}>;

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
// kafkajs reads headers into an object: names of its own members, and numbers, come out otherwise than they went in.
const headers = fc
  .dictionary(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((name) => !(name in {}) && !/^\d+$/.test(name)),
    bytes,
    { maxKeys: 5 },
  )
  .map((entries) => Object.entries(entries));
const record: fc.Arbitrary<BatchRecord> = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers,
  timestamp: fc.integer({ min: 0, max: 4_102_444_800_000 }),
});

describe('encodeRecordBatch', () => {
  it('is read back by kafkajs as it was given', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 40 }),
        fc.bigInt({ min: -1n, max: 2n ** 62n }),
        fc.integer({ min: 0, max: 32_767 }),
        fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        fc.boolean(),
        async (records, producerId, producerEpoch, baseSequence, transactional) => {
          const encoded = encodeRecordBatch(records, { producerId, producerEpoch, baseSequence, transactional });
          const decoded = await decodeRecordBatch(new Decoder(encoded));
          expect(decoded).toMatchObject({
            producerId: `${producerId}`,
            producerEpoch,
            firstSequence: baseSequence,
            inTransaction: transactional,
            maxTimestamp: `${Math.max(...records.map(({ timestamp }) => timestamp))}`,
          });
          expect(
            decoded.records.map(({ key, value, timestamp, offset, headers }) => ({
              key,
              value,
              timestamp,
              offset,
              headers: Object.entries(headers),
            })),
          ).toEqual(
            records.map(({ key, value, timestamp, headers }, index) => ({
              key,
              value,
              timestamp: `${timestamp}`,
              offset: `${index}`,
              headers,
            })),
          );
          expect(encoded.readUInt32BE(17)).toBe(stockCrc32c(encoded.subarray(21)));
        },
      ),
    );
  });

  it('is never larger than the sizes of its records promise', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 40 }), (records) => {
        const encoded = encodeRecordBatch(records, { producerId: 1n, producerEpoch: 0, baseSequence: 0, transactional: false });
        expect(encoded.length).toBeLessThanOrEqual(61 + records.reduce((sum, each) => sum + recordSize(each), 0));
      }),
    );
  });
});

describe('crc32c', () => {
  it('has the check value of the Castagnoli polynomial', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  });
});

describe('writeVarint', () => {
  it('writes as many bytes as sizeOfVarint says, and kafkajs reads them back', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const target = Buffer.alloc(12);
        expect(writeVarint(target, 0, value)).toBe(sizeOfVarint(value));
        expect(new Decoder(target).readVarLong().toString()).toBe(`${value}`);
      }),
    );
    fc.assert(
      fc.property(fc.integer(), (value) => {
        const target = Buffer.alloc(12);
        expect(writeVarint(target, 0, value)).toBe(sizeOfVarint(value));
        expect(new Decoder(target).readVarInt()).toBe(value);
      }),
    );
  });
});
