import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { AbortedTransaction } from './fetch.ts';
import { readBatches } from './read-batches.ts';
import { marker, sealed, storedBatch, textRecord } from './testing/batches.ts';

const FAR = 1_000n;
const read = (batches: readonly Buffer[], { from = 0n, aborted = [] as readonly AbortedTransaction[], stable = FAR } = {}) =>
  readBatches(Buffer.concat(batches), { topic: 't', partition: 3, offset: from }, { aborted, lastStableOffset: stable });
const offsets = (result: ReturnType<typeof read>) => result.records.map(({ offset }) => Number(offset));
const texts = (count: number) => Array.from({ length: count }, (_, index) => textRecord(`v${index}`));
const at = (baseOffset: bigint, producerId = -1n) => ({ baseOffset, producerId, transactional: producerId >= 0n });

describe('readBatches', () => {
  it('drops what is below the position in a batch that is sent whole', () => {
    const result = read([storedBatch(texts(5), at(10n))], { from: 12n });
    expect([offsets(result), result.next]).toEqual([[12, 13, 14], 15n]);
  });

  it('moves past a batch of which compaction left no record, or not the last', () => {
    const empty = read([storedBatch([], { baseOffset: 4n, lastOffsetDelta: 6 })], { from: 4n });
    expect([offsets(empty), empty.next]).toEqual([[], 11n]);
    const tail = read([storedBatch(texts(2), { baseOffset: 4n, lastOffsetDelta: 6 })], { from: 4n });
    expect([offsets(tail), tail.next]).toEqual([[4, 5], 11n]);
  });

  it('stays at the position without batches', () => {
    expect(read([], { from: 50n })).toEqual({ records: [], next: 50n, unreadable: undefined });
  });

  it.each([1, 11, 30, 61, 70])('ignores a batch of which %i bytes are there', (bytes) => {
    const cut = storedBatch(texts(3), at(2n)).subarray(0, bytes);
    expect(read([storedBatch(texts(2)), cut])).toMatchObject({ next: 2n, unreadable: undefined });
    expect(read([cut], { from: 2n })).toEqual({ records: [], next: 2n, unreadable: undefined });
  });

  it('reads no further than the last stable offset', () => {
    const result = read([storedBatch(texts(2)), storedBatch(texts(2), at(2n, 7n))], { stable: 2n });
    expect([offsets(result), result.next, result.unreadable]).toEqual([[0, 1], 2n, undefined]);
  });

  it.each(['gzip', 'zstd'] as const)('reads %s', (codec) => {
    const result = read([storedBatch(texts(3), { codec, baseOffset: 5n })]);
    expect([offsets(result), result.records.map(({ value }) => String(value))]).toEqual([
      [5, 6, 7],
      ['v0', 'v1', 'v2'],
    ]);
  });

  it('takes the time at which the broker appended the batch where the topic says so', () => {
    const records = [textRecord('a'), { ...textRecord('b'), timestamp: 1_800_000_000_000 }];
    expect(read([storedBatch(records, { logAppendTime: true })]).records.map(({ timestamp }) => timestamp)).toEqual([
      1_800_000_000_000, 1_800_000_000_000,
    ]);
  });

  it('copies a batch that is a small part of a large response', () => {
    const large = storedBatch([textRecord('x'.repeat(100_000))], at(1n));
    const [small] = read([storedBatch(texts(1)), large]).records;
    expect(small?.value?.buffer.byteLength).toBeLessThanOrEqual(Buffer.poolSize);
  });
});

describe('many compressed batches', () => {
  it('are read in parts of 32 MiB and one batch at most', () => {
    const large = textRecord('x'.repeat(20 * 1024 * 1024));
    const batches = [0n, 1n, 2n].map((baseOffset) => storedBatch([large], { baseOffset, codec: 'gzip' }));
    const first = read(batches);
    expect([offsets(first), first.next, first.unreadable]).toEqual([[0, 1], 2n, undefined]);
    expect(offsets(read(batches.slice(2), { from: 2n }))).toEqual([2]);
  });
});

describe('records of aborted transactions', () => {
  const data = (producerId: bigint, offset: bigint) => storedBatch(texts(1), at(offset, producerId));
  const abort = (producerId: bigint, baseOffset: bigint) => marker('abort', { producerId, baseOffset });

  it.each([
    ['two that began before the fetch', [data(1n, 10n), data(2n, 11n)]],
    ['two of them, the later one first in the fetch', [data(2n, 10n), data(1n, 11n)]],
  ])('are dropped: %s', (_name, first) => {
    const aborted = [
      { producerId: 1n, firstOffset: 3n },
      { producerId: 2n, firstOffset: 5n },
    ];
    const result = read([...first, abort(1n, 12n), abort(2n, 13n)], { from: 10n, aborted });
    expect([offsets(result), result.next]).toEqual([[], 14n]);
  });

  it('are dropped where the transactions are listed in the order of their ends', () => {
    const aborted = [
      { producerId: 2n, firstOffset: 11n },
      { producerId: 1n, firstOffset: 10n },
    ];
    expect(offsets(read([data(1n, 10n), data(2n, 11n), abort(2n, 12n), abort(1n, 13n)], { aborted }))).toEqual([]);
  });

  it('are dropped after a record of a sender that has the key of an abort marker', () => {
    const alike = storedBatch([{ ...textRecord('x'), key: Buffer.from([0, 0, 0, 0]) }], at(10n, 1n));
    expect(offsets(read([alike, data(1n, 11n), abort(1n, 12n)], { aborted: [{ producerId: 1n, firstOffset: 10n }] }))).toEqual([]);
  });

  it('end with the abort marker: what the producer commits later is kept', () => {
    const batches = [data(1n, 10n), abort(1n, 11n), data(1n, 12n), marker('commit', { producerId: 1n, baseOffset: 13n })];
    const result = read(batches, { aborted: [{ producerId: 1n, firstOffset: 10n }] });
    expect([offsets(result), result.next]).toEqual([[12], 14n]);
  });

  it('leave alone what others wrote, and what the producer wrote outside of a transaction', () => {
    const outside = storedBatch(texts(1), { baseOffset: 12n, producerId: 1n });
    const result = read([data(1n, 10n), data(2n, 11n), outside], { aborted: [{ producerId: 1n, firstOffset: 1n }] });
    expect(offsets(result)).toEqual([11, 12]);
  });
});

describe('an unreadable batch', () => {
  function broken(change: (batch: Buffer) => void, seal = true): Buffer {
    const batch = storedBatch(texts(3), at(2n));
    change(batch);
    return seal ? sealed(batch) : batch;
  }

  it.each([
    ['with a wrong CRC', broken((batch) => batch.writeUInt8(0xff, 70), false), 'its CRC does not match its bytes'],
    ['of an earlier format', broken((batch) => batch.writeInt8(1, 16)), 'its magic is 1, not 2'],
    ['with a negative length', broken((batch) => batch.writeInt32BE(-5, 8)), 'the length of the batch is -5'],
    ['with a negative count', broken((batch) => batch.writeInt32BE(-1, 57)), '-1 records'],
    ['with too large a count', broken((batch) => batch.writeInt32BE(2_000_000_000, 57)), 'a field ends'],
    ['with a negative offset delta', broken((batch) => batch.writeInt32BE(-1, 23)), 'last offset delta -1'],
    ['with more records than its offsets', broken((batch) => batch.writeInt32BE(1, 23)), 'a record has the offset 4'],
    ['with bytes that no record has', broken((batch) => batch.writeInt32BE(2, 57)), 'bytes follow its records'],
    ['with a record longer than the batch', broken((batch) => batch.writeUInt8(0x7e, 61)), 'a field of 63 bytes begins'],
    ['compressed with snappy', broken((batch) => batch.writeInt16BE(2, 21)), 'its codec is snappy; known are none, gzip and zstd'],
    ['compressed with an unknown codec', broken((batch) => batch.writeInt16BE(6, 21)), 'its codec is 6'],
    ['that is no gzip', broken((batch) => batch.writeInt16BE(1, 21)), 'incorrect header check'],
  ])('%s is named, and what is before it is handed over', (_name, batch, message) => {
    const result = read([storedBatch(texts(2)), batch, storedBatch(texts(2), at(5n))]);
    expect([offsets(result), result.next]).toEqual([[0, 1], 2n]);
    expect(result.unreadable).toMatchObject({ code: 'ERR_LOG_UNREADABLE', message: expect.stringContaining(message) });
    expect(result.unreadable?.message).toContain('t/3: the batch at offset 2 is unreadable');
  });

  it.each([
    ['below the position', [storedBatch(texts(2), at(4n))], 50n, []],
    ['again', [storedBatch(texts(2)), storedBatch(texts(2))], 0n, [0, 1]],
    ['that begins in the one before it', [storedBatch(texts(2)), storedBatch(texts(3), at(1n))], 0n, [0, 1]],
  ])('is one that comes %s', (_name, batches, from, expected) => {
    const result = read(batches, { from });
    expect([offsets(result), result.next]).toEqual([expected, from + BigInt(expected.length)]);
    expect(result.unreadable?.message).toContain('it has the offsets');
  });

  it('is one that decompresses to more than 128 MiB', () => {
    const header = storedBatch([], { codec: 'gzip', lastOffsetDelta: 0 }).subarray(0, 61);
    const batch = Buffer.concat([header, gzipSync(Buffer.alloc(130 * 1024 * 1024), { level: 1 })]);
    batch.writeInt32BE(batch.length - 12, 8);
    batch.writeInt32BE(1, 57);
    expect(read([sealed(batch)]).unreadable?.message).toContain('Cannot create a Buffer larger than 134217728 bytes');
  });
});
