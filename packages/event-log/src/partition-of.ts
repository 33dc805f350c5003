const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const R = 24;

/**
 * The partition of a key: murmur2, positive, modulo the count of partitions, as every Kafka client places keyed records. Throws RangeError
 * where there are none: the remainder would be no number, which is written as partition 0.
 */
export function partitionOf(key: Uint8Array, partitions: number): number {
  if (partitions < 1) throw new RangeError('a topic without partitions has none for a key');
  return (murmur2(key) & 0x7fffffff) % partitions;
}

/** Kafka's murmur2 as a signed 32-bit number. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  let hash = SEED ^ length;
  const whole = length & ~3;
  for (let position = 0; position < whole; position += 4) {
    let k =
      (bytes[position] as number) |
      ((bytes[position + 1] as number) << 8) |
      ((bytes[position + 2] as number) << 16) |
      ((bytes[position + 3] as number) << 24);
    k = Math.imul(k, M);
    k ^= k >>> R;
    k = Math.imul(k, M);
    hash = Math.imul(hash, M) ^ k;
  }
  const rest = length - whole;
  if (rest === 3) hash ^= (bytes[whole + 2] as number) << 16;
  if (rest >= 2) hash ^= (bytes[whole + 1] as number) << 8;
  if (rest >= 1) {
    hash ^= bytes[whole] as number;
    hash = Math.imul(hash, M);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, M);
  return hash ^ (hash >>> 15);
}
