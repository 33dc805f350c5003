import type { Clock } from '../clock.ts';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Goes on by so many milliseconds; what falls due runs at its own time, in order. */
  advance(ms: number): Promise<void>;
}

export function createManualClock(start = 1_700_000_000_000): ManualClock {
  let now = start;
  const timers = new Set<{ readonly at: number; readonly action: () => void }>();
  /** Several turns of the event loop: what runs may wait for one more than once before it sets a timer. */
  async function turn(): Promise<void> {
    for (let turns = 0; turns < 4; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  return {
    now: () => now,
    monotonic: () => now,
    after(delayMs, action) {
      const timer = { at: now + Math.max(0, delayMs), action };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const until = now + ms;
      for (;;) {
        await turn();
        const next = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.action();
      }
      now = until;
      await turn();
    },
  };
}
