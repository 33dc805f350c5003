const SEQUENCES = 2 ** 31;

/** The next sequence of each topic-partition for one producer id: the broker tells repeated batches by it. */
export interface Sequences {
  /** Takes the numbers of a batch. */
  take(key: string, count: number): number;
  /** Gives them back: allowed only for a batch that the broker refused on its first attempt. */
  giveBack(key: string, sequence: number): void;
}

export function createSequences(): Sequences {
  const next = new Map<string, number>();
  return {
    take(key, count) {
      const sequence = next.get(key) ?? 0;
      // The broker counts on from 0 after the largest 32-bit number.
      next.set(key, (sequence + count) % SEQUENCES);
      return sequence;
    },
    giveBack(key, sequence) {
      next.set(key, sequence);
    },
  };
}
