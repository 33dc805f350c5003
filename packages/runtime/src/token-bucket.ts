/** Tokens that come back with time. Times in milliseconds, from any steady clock. */
export interface TokenBucket {
  /** Takes a token when one is there. */
  take(now: number): boolean;
  /** Milliseconds until a token is there; 0 when one is. */
  waitMs(now: number): number;
  /** Gives tokens back, or in advance; never beyond the bucket's size. */
  add(tokens: number, now: number): void;
}

export interface TokenBucketOptions {
  readonly perSecond: number;
  /** Most tokens at a time, at least 1. */
  readonly size: number;
}

/** A full bucket. */
export function createTokenBucket({ perSecond, size }: TokenBucketOptions, start: number): TokenBucket {
  let tokens = size;
  let filledAt = start;
  const fill = (now: number) => {
    tokens = Math.min(size, tokens + (Math.max(0, now - filledAt) * perSecond) / 1_000);
    filledAt = Math.max(filledAt, now);
  };
  // Sums of fractions miss a whole token by a rounding error; without the tolerance a wait of 0 would find none.
  const ENOUGH = 1 - 1e-9;
  return {
    take: (now) => {
      fill(now);
      if (tokens < ENOUGH) return false;
      tokens = Math.max(0, tokens - 1);
      return true;
    },
    waitMs: (now) => {
      fill(now);
      return tokens >= ENOUGH ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1_000);
    },
    add: (added, now) => {
      fill(now);
      tokens = Math.min(size, tokens + added);
    },
  };
}
