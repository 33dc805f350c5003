import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogError } from '../kafkajs/errors/log-error.ts';
import { kafkajsPath } from '../kafkajs/patches/load-kafkajs.ts';
import { readBatches } from './read-batches.ts';
import type { BatchRecord } from './record-batch.ts';
import { sealed, storedBatch } from './testing/batches.ts';

const require = createRequire(import.meta.url);
const Decoder = require(kafkajsPath('src/protocol/decoder.js')) as new (bytes: Buffer) => object;
const decodeMessages = require(kafkajsPath('src/protocol/requests/fetch/v4/decodeMessages.js')) as (
  decoder: object,
) => Promise<{ offset: string; key: Buffer | null; value: Buffer | null; timestamp: string; headers: Record<string, Buffer> }[]>;

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const headers = fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 10 }), bytes), { maxLength: 3 });
const record: fc.Arbitrary<BatchRecord> = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers,
  timestamp: fc.integer({ min: 0, max: 4_102_444_800_000 }),
});
/** Batches one after the other, with gaps of offsets between them. */
const log = fc.array(
  fc.record({
    records: fc.array(record, { minLength: 1, maxLength: 10 }),
    gap: fc.integer({ min: 0, max: 3 }),
    removedAtEnd: fc.integer({ min: 0, max: 2 }),
    codec: fc.constantFrom('none' as const, 'gzip' as const, 'zstd' as const),
  }),
  { minLength: 1, maxLength: 5 },
);

interface Written {
  readonly bytes: Buffer;
  readonly records: readonly (BatchRecord & { readonly offset: bigint })[];
  readonly end: bigint;
}

type Batches = typeof log extends fc.Arbitrary<infer Value> ? Value : never;

/** As a broker sends it for the offset: from the batch on that has it. */
function write(batches: Batches, { codecs = true, from = 0n } = {}): Written {
  const stored: Buffer[] = [];
  const records: Written['records'][number][] = [];
  let end = 0n;
  for (const { records: ofBatch, gap, removedAtEnd, codec } of batches) {
    const baseOffset = end + BigInt(gap);
    const lastOffsetDelta = ofBatch.length - 1 + removedAtEnd;
    const last = baseOffset + BigInt(lastOffsetDelta);
    if (last >= from) stored.push(storedBatch(ofBatch, { baseOffset, lastOffsetDelta, codec: codecs ? codec : 'none' }));
    records.push(...ofBatch.map((each, index) => ({ ...each, offset: baseOffset + BigInt(index) })));
    end = last + 1n;
  }
  return { bytes: Buffer.concat(stored), records, end };
}

const STABLE = 1_000_000n;
const CONTROL = 0x20;

const read = (batches: Buffer, offset = 0n) =>
  readBatches(batches, { topic: 't', partition: 0, offset }, { aborted: [], lastStableOffset: STABLE });

/** A batch of records that is sent whole, below the last stable offset. */
function isWhole(batch: Buffer): boolean {
  return (batch.readInt16BE(21) & CONTROL) === 0 && batch.readBigInt64BE(0) < STABLE && batch.readInt32BE(8) === batch.length - 12;
}

describe('readBatches', () => {
  it('reads what was encoded, from any offset', () => {
    fc.assert(
      fc.property(log, fc.nat({ max: 60 }), (batches, from) => {
        const written = write(batches);
        const offset = BigInt(from) % written.end;
        const result = read(write(batches, { from: offset }).bytes, offset);
        const expected = written.records.filter((each) => each.offset >= offset);
        expect(result.records).toEqual(expected.map((each) => ({ topic: 't', partition: 0, ...each })));
        expect(result).toMatchObject({ next: written.end, unreadable: undefined });
      }),
    );
  });

  it('reads what kafkajs reads', async () => {
    await fc.assert(
      fc.asyncProperty(log, async (batches) => {
        const written = write(batches, { codecs: false });
        const size = Buffer.alloc(4);
        size.writeInt32BE(written.bytes.length);
        const theirs = await decodeMessages(new Decoder(Buffer.concat([size, written.bytes])));
        const plain = (each: { offset: unknown; key: unknown; value: unknown; timestamp: unknown }) => [
          String(each.offset),
          each.key,
          each.value,
          String(each.timestamp),
        ];
        expect(read(written.bytes).records.map(plain)).toEqual(theirs.map(plain));
      }),
    );
  });

  it('reads the whole batches of a response that was cut anywhere', () => {
    fc.assert(
      fc.property(log, fc.nat(), (batches, at) => {
        const written = write(batches);
        const whole = read(written.bytes);
        const result = read(written.bytes.subarray(0, at % written.bytes.length));
        expect(result.unreadable).toBeUndefined();
        expect(result.records).toEqual(whole.records.slice(0, result.records.length));
        expect(result.records.every(({ offset }) => offset < result.next)).toBe(true);
      }),
    );
  });

  it('reports bytes that were changed as unreadable, or reads all records in order', () => {
    const change = fc.record({ at: fc.nat(), octet: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(log, fc.array(change, { minLength: 1, maxLength: 8 }), fc.boolean(), (batches, changes, seal) => {
        const first = batches.slice(0, 1);
        const written = write(first);
        const mutated = Buffer.from(written.bytes);
        for (const { at, octet } of changes) mutated[at % mutated.length] = octet;
        // With a CRC that matches, so that what is behind it is read.
        const result = read(seal ? sealed(mutated) : mutated, 0n);
        if (result.unreadable !== undefined) expect(result.unreadable).toBeInstanceOf(LogError);
        else if (isWhole(mutated)) expect(result.records.length).toBe(mutated.readInt32BE(57));
        let previous = -1n;
        for (const { offset, key, value } of result.records) {
          expect(offset > previous && offset < result.next).toBe(true);
          previous = offset;
          expect((key?.length ?? 0) + (value?.length ?? 0)).toBeLessThanOrEqual(mutated.length * 2_000);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('throws nothing for a batch whose records are any bytes', () => {
    const codec = fc.constantFrom(0, 1, 2, 4, 7);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), codec, fc.nat({ max: 20 }), (array, code, count) => {
        const header = storedBatch([], { codec: code, lastOffsetDelta: 20 }).subarray(0, 61);
        const batch = Buffer.concat([header, array]);
        batch.writeInt32BE(batch.length - 12, 8);
        batch.writeInt32BE(count, 57);
        const { records, next, unreadable } = read(sealed(batch));
        if (unreadable === undefined) expect(records.length).toBe(count);
        else expect([records.length, next]).toEqual([0, 0n]);
      }),
      { numRuns: 1_000 },
    );
  });
});
