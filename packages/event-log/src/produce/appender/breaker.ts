import type { Clock } from '../../clock.ts';

export interface Breaker {
  /** Whether the next record may be taken; half open, the one that may is the probe. */
  admit(): 'yes' | 'probe' | 'no';
  open(): boolean;
  /** A batch was acknowledged. */
  succeeded(): void;
  /** A round or an attempt to connect had no success. */
  failed(): void;
  /** The probe that `admit` let through failed. */
  probeFailed(): void;
  /** While open: the cluster responds again, so one record may try. */
  reachable(): void;
}

type State = 'closed' | 'open' | 'half-open' | 'probing';

/**
 * Opens when only failures happened for `afterMs`, at least `afterFailures` of them; half open, one record goes
 * through and its outcome decides.
 */
export function createBreaker(options: {
  readonly clock: Clock;
  readonly afterFailures: number;
  readonly afterMs: number;
  readonly onChange?: (open: boolean) => void;
}): Breaker {
  let state: State = 'closed';
  let failures = 0;
  let firstFailureAt = 0;

  function enter(next: State): void {
    const wasOpen = state === 'open';
    state = next;
    if (wasOpen !== (next === 'open')) options.onChange?.(next === 'open');
  }

  return {
    admit() {
      if (state === 'closed') return 'yes';
      if (state !== 'half-open') return 'no';
      enter('probing');
      return 'probe';
    },
    open: () => state === 'open',
    succeeded() {
      failures = 0;
      enter('closed');
    },
    failed() {
      // Half open, only the probe decides: older batches may still fail beside it.
      if (state !== 'closed') return;
      if (failures === 0) firstFailureAt = options.clock.now();
      failures += 1;
      if (failures >= options.afterFailures && options.clock.now() - firstFailureAt >= options.afterMs) enter('open');
    },
    probeFailed() {
      if (state === 'probing') enter('open');
    },
    reachable() {
      if (state === 'open') enter('half-open');
    },
  };
}
