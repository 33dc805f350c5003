import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kafkajsPath } from './kafkajs/patches/load-kafkajs.ts';
import { murmur2, partitionOf } from './partition-of.ts';

const require = createRequire(import.meta.url);
const stockMurmur2 = require(kafkajsPath('src/producer/partitioners/default/murmur2.js')) as (key: Buffer) => number;

describe('partitionOf', () => {
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as the Java client does', (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
    expect(partitionOf(Buffer.from(key), 12)).toBe((hash & 0x7fffffff) % 12);
  });

  it('finds no partition where there are none', () => {
    expect(() => partitionOf(Buffer.from('abc'), 0)).toThrow(RangeError);
  });

  it('agrees with kafkajs on every key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (key) => {
        expect(murmur2(key)).toBe(stockMurmur2(Buffer.from(key)) | 0);
      }),
    );
  });
});
