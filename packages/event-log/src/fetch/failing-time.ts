import type { Clock } from '../clock.ts';

/** How long something fails. Failures that may pass and those that may not are counted apart. */
export interface FailingTime {
  /** Milliseconds since the first failure in a row of those that may pass, or of those that may not; 0 while nothing fails. */
  readonly ms: number;
  /** `mayPass`: without a change by an operator. True for the first failure in such a row. */
  fail(mayPass: boolean): boolean;
  succeed(): void;
}

export function createFailingTime(clock: Clock): FailingTime {
  let since: number | undefined;
  let passing = false;
  return {
    get ms() {
      return since === undefined ? 0 : clock.monotonic() - since;
    },
    fail(mayPass) {
      // After an outage, one failure of another kind has not lasted as long as the outage.
      if (mayPass !== passing) since = undefined;
      passing = mayPass;
      const isFirst = since === undefined;
      since ??= clock.monotonic();
      return isFirst;
    },
    succeed() {
      since = undefined;
    },
  };
}
