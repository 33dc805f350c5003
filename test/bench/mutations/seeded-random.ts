/** Random choices that are the same for the same seed. Not for secrets. */
export interface SeededRandom {
  /** 0 to `bound` - 1. */
  below(bound: number): number;
  of<T>(items: readonly T[]): T;
}

/** Mulberry32: 32 bits of state, which is enough to spread mutations. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const below = (bound: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
  return { below, of: (items) => items[below(items.length)] as (typeof items)[number] };
}

/** The bytes with one random bit flipped. */
export function withFlippedBit(bytes: Buffer, random: SeededRandom): Buffer {
  const flipped = Buffer.from(bytes);
  const bit = random.below(bytes.length * 8);
  flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
  return flipped;
}
