import type { Clock } from '../clock.ts';
import { pause } from '../retry.ts';

/**
 * How long after the answer to a commit the coordinator is busy writing its markers, and refuses the next transaction.
 * Learnt from its answers: to ask too early costs two requests each time, and the more the busier the brokers are.
 */
export interface Settling {
  /** A commit was answered. */
  ended(): void;
  /** Until the next transaction is likely to be taken. */
  wait(): Promise<void>;
  /** A first request of a transaction succeeded, after so many attempts. */
  begun(attempts: number): void;
}

const LONGEST_MS = 100;
/** How much of the expectation stays after it was not too short: it shrinks until it is, and then grows at once. */
const KEPT_SHARE = 0.9;

export function createSettling(clock: Clock): Settling {
  let endedAt = Number.NEGATIVE_INFINITY;
  let expectedMs = 0;
  return {
    ended() {
      endedAt = clock.now();
    },
    async wait() {
      const waitMs = endedAt + expectedMs - clock.now();
      // Never longer, wherever the clock was set to meanwhile.
      if (waitMs >= 1) await pause(Math.min(waitMs, LONGEST_MS), clock);
    },
    begun(attempts) {
      if (attempts === 1) expectedMs *= KEPT_SHARE;
      else expectedMs = Math.min(Math.max(0, (expectedMs + clock.now() - endedAt) / 2), LONGEST_MS);
    },
  };
}
