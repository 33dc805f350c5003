import type { Clock } from '../clock.ts';

const FIRST_MS = 50;
const LONGEST_MS = 1_000;

/** Waits after a failure: 50 ms, twice as long after each further one in a row, 1 s at most. */
export interface Backoff {
  readonly waiting: boolean;
  /** Milliseconds since the first failure in a row of those that may pass, or of those that may not. */
  readonly failingForMs: number;
  /** `mayPass`: without a change by an operator. True for the first failure in such a row. */
  fail(mayPass: boolean): boolean;
  succeed(): void;
  /** Waits without a failure, no shorter than it waits already. */
  wait(ms: number): void;
  /** Ends the wait without `onOver`. */
  cancel(): void;
}

export function createBackoff(clock: Clock, onOver: () => void): Backoff {
  let next = FIRST_MS;
  let since: number | undefined;
  let passing = false;
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
      return since === undefined ? 0 : clock.monotonic() - since;
    },
    fail(mayPass) {
      wait(next);
      next = Math.min(next * 2, LONGEST_MS);
      // After an outage, one failure of another kind has not lasted as long as the outage.
      if (mayPass !== passing) since = undefined;
      passing = mayPass;
      const isFirst = since === undefined;
      since ??= clock.monotonic();
      return isFirst;
    },
    succeed() {
      next = FIRST_MS;
      since = undefined;
    },
    wait,
    cancel() {
      cancel?.();
      cancel = undefined;
    },
  };
}
