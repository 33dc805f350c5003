import { LogError } from '../kafkajs/errors/log-error.ts';
import { TransactionError } from '../produce/transaction/transaction-error.ts';

/** What a failure means for the partition it occurred in. */
export type FailureKind =
  /** The whole processor must end. */
  | 'fatal'
  /** Another process took the transactional id. */
  | 'fenced'
  /** The member is no longer in the group's current generation. */
  | 'not-member'
  /** The transaction exceeded its time. */
  | 'timed-out'
  | 'failed';

/** Failures in a row of one partition: how long to wait, and whether the partition is healthy. */
export interface FailureCount {
  /** Counts the failure; `pauseMs` is the time until the next try. */
  add(error: unknown): { readonly kind: FailureKind; readonly pauseMs: number };
  /** The partition made progress. */
  clear(): void;
  /** False after 3 failures, or after being fenced 5 times, in a row. */
  healthy(): boolean;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/**
 * Two members that both hold the partition would fence each other indefinitely, so each waits longer each time. One that was
 * paused beyond the time of its transaction may have lost the partition too.
 */
const FENCED_PAUSE_MS = 1_000;
const FAILURES_UNTIL_UNHEALTHY = 3;
/** A handover fences once or twice. */
const FENCED_UNTIL_UNHEALTHY = 5;

export function createFailureCount(): FailureCount {
  let failures = 0;
  let fenced = 0;
  return {
    add(error) {
      const kind = kindOf(error);
      // To be fenced is how a partition changes hands; every other failure counts.
      if (kind === 'fenced') fenced += 1;
      else failures += 1;
      const pauseMs =
        kind === 'failed' ? pauseOf(FIRST_PAUSE_MS, failures) : pauseOf(FENCED_PAUSE_MS, kind === 'fenced' ? fenced : failures);
      return { kind, pauseMs };
    },
    clear() {
      failures = 0;
      fenced = 0;
    },
    healthy: () => failures < FAILURES_UNTIL_UNHEALTHY && fenced < FENCED_UNTIL_UNHEALTHY,
  };
}

const pauseOf = (firstMs: number, times: number): number => Math.min(firstMs * 2 ** (times - 1), LONGEST_PAUSE_MS);

function kindOf(error: unknown): FailureKind {
  if (error instanceof TransactionError) return error.failure === 'aborted' || error.failure === 'unknown' ? 'failed' : error.failure;
  if (error instanceof LogError && error.code === 'ERR_LOG_OFFSETS_LOST') return 'fatal';
  return typeof error === 'object' && error !== null && 'fatal' in error && error.fatal === true ? 'fatal' : 'failed';
}
