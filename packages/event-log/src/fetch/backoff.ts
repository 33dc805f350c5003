import type { Clock } from '../clock.ts';
import { createFailingTime } from './failing-time.ts';

const FIRST_MS = 50;
const LONGEST_MS = 1_000;

/** Waits after a failure: 50 ms, twice as long after each further one in a row, 1 s at most. */
export interface Backoff {
  readonly waiting: boolean;
  /** As `FailingTime.ms`. */
  readonly failingForMs: number;
  /** As `FailingTime.fail`. */
  fail(mayPass: boolean): boolean;
  succeed(): void;
  /** Waits without a failure, no shorter than it waits already. */
  wait(ms: number): void;
  /** Ends the wait without `onOver`. */
  cancel(): void;
}

export function createBackoff(clock: Clock, onOver: () => void): Backoff {
  let next = FIRST_MS;
  const failing = createFailingTime(clock);
  let cancel: (() => void) | undefined;
  let until = 0;

  function wait(ms: number): void {
    const over = clock.monotonic() + ms;
    if (cancel !== undefined && over <= until) return;
    cancel?.();
    until = over;
    cancel = clock.after(ms, () => {
      cancel = undefined;
      onOver();
    });
  }

  return {
    get waiting() {
      return cancel !== undefined;
    },
    get failingForMs() {
      return failing.ms;
    },
    fail(mayPass) {
      wait(next);
      next = Math.min(next * 2, LONGEST_MS);
      return failing.fail(mayPass);
    },
    succeed() {
      next = FIRST_MS;
      failing.succeed();
    },
    wait,
    cancel() {
      cancel?.();
      cancel = undefined;
    },
  };
}
