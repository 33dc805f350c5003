/** Time as the log sees it; milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /** Runs `action` once, not before `delayMs` have passed, and never after the returned function was called. */
  after(delayMs: number, action: () => void): () => void;
}

// setTimeout turns longer delays into 1 ms.
const LONGEST_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, Math.min(Math.max(0, Math.ceil(delayMs)), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};
