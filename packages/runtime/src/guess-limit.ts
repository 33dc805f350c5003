import { LRUCache } from 'lru-cache';

/** Counts failed authentications of each peer. */
export interface GuessLimit {
  /**
   * Counts a failure. Seconds until the peer's window ends if it had all the failures that a window allows, else undefined.
   * The caller asks after the token was found to be invalid: a valid token is served however often its peer failed, so that
   * an attacker behind the same proxy does not lock out the operator.
   */
  failed(peer: string): number | undefined;
}

export interface GuessLimitOptions {
  /** Monotonic, milliseconds. */
  readonly monotonic: () => number;
  /** Failures of a peer in a window that get 401. Default 10. */
  readonly maxFailures?: number;
  /** Milliseconds from a peer's first failure. Default 60,000. */
  readonly windowMs?: number;
  /** Most peers remembered; the one whose window started first is forgotten. Default 10,000. */
  readonly maxPeers?: number;
}

export function createGuessLimit({ monotonic, maxFailures = 10, windowMs = 60_000, maxPeers = 10_000 }: GuessLimitOptions): GuessLimit {
  // As old as their start: a window is set once, and a look at it does not make it newer.
  const windows = new LRUCache<string, { readonly startedAt: number; failures: number }>({ max: maxPeers });
  return {
    failed(peer) {
      const now = monotonic();
      const known = windows.peek(peer);
      if (known === undefined || now - known.startedAt >= windowMs) {
        windows.set(peer, { startedAt: now, failures: 1 });
        return undefined;
      }
      known.failures += 1;
      return known.failures > maxFailures ? Math.ceil((known.startedAt + windowMs - now) / 1_000) : undefined;
    },
  };
}
