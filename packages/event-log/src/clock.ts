/** Time as the log sees it. */
export interface Clock {
  /** Milliseconds since the epoch; may be set back. */
  now(): number;
  /** Milliseconds of a clock that is never set: for durations. */
  monotonic(): number;
  /** Runs `action` once, not before `delayMs` have passed, and never after the returned function was called. */
  after(delayMs: number, action: () => void): () => void;
}

// setTimeout turns longer delays into 1 ms.
const LONGEST_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, action) {
    // The monotonic clock: a timer of Node counts from the start of its turn and may come some milliseconds early.
    const until = performance.now() + delayMs;
    let timer = arm();
    function arm(): NodeJS.Timeout {
      return setTimeout(fire, Math.min(Math.max(0, Math.ceil(until - performance.now())), LONGEST_TIMER_MS));
    }
    function fire(): void {
      if (performance.now() >= until) action();
      else timer = arm();
    }
    return () => clearTimeout(timer);
  },
};
