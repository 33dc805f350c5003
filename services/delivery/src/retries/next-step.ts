import type { AttemptCode, SendOutcome } from '@switchboard/webhooks';
import type { SkipCode } from '../dispatch/standing.ts';
import type { Deferral, DeferralCode } from '../lanes/job.ts';
import type { RetryRoute } from './retry-route.ts';

/** Why a delivery died beside its last attempt's code. */
export type DeathCode =
  /** It was put off for longer than its maximum age. */
  | 'ERR_DEAD_EXPIRED'
  /** Its bytes are no event of their type. */
  | 'ERR_DEAD_UNREADABLE';

/** What happens to a delivery after an attempt, or instead of one. */
export type Step =
  | { readonly kind: 'delivered'; readonly status: number; readonly code: string | null }
  | { readonly kind: 'retry'; readonly topic: number; readonly code: AttemptCode; readonly status: number | null }
  | { readonly kind: 'dead'; readonly code: AttemptCode | DeathCode; readonly status: number | null; readonly attempted: boolean }
  | { readonly kind: 'deferred'; readonly topic: number; readonly code: DeferralCode }
  | { readonly kind: 'skipped'; readonly code: SkipCode };

/** The statuses that count as delivered; any other answer is a failure. */
const delivered: ReadonlySet<number> = new Set([200, 201]);

export function isDelivered(outcome: SendOutcome): boolean {
  return outcome.kind === 'answered' && delivered.has(outcome.status);
}

export interface AfterAttempt {
  /** Number of the attempt made, from 1. */
  readonly attempt: number;
  readonly maxRetries: number;
  readonly outcome: SendOutcome;
  readonly route: RetryRoute;
}

/** Where a delivery goes after an attempt: delivered, to a retry topic while attempts are left, else dead. */
export function afterAttempt({ attempt, maxRetries, outcome, route }: AfterAttempt): Step {
  if (outcome.kind === 'answered') {
    const { status, retryAfterMs } = outcome;
    if (delivered.has(status)) return { kind: 'delivered', status, code: null };
    if (attempt > maxRetries) return { kind: 'dead', code: 'ERR_ATTEMPT_STATUS', status, attempted: true };
    return { kind: 'retry', topic: route.afterFailure(attempt, retryAfterMs), code: 'ERR_ATTEMPT_STATUS', status };
  }
  const { code } = outcome;
  // The address will not become another's by waiting; everything else may pass.
  if (code === 'ERR_ATTEMPT_ADDRESS_REFUSED' || attempt > maxRetries) return { kind: 'dead', code, status: null, attempted: true };
  return { kind: 'retry', topic: route.afterFailure(attempt, null), code, status: null };
}

export interface AfterDeferral {
  readonly deferral: Deferral;
  /** Milliseconds since the delivery was first pending, without times on hold. */
  readonly ageMs: number;
  readonly maxAgeMs: number;
  readonly route: RetryRoute;
}

/** Where a delivery goes that cannot be attempted now: to a retry topic at once, or dead when it is too old to wait. */
export function afterDeferral({ deferral, ageMs, maxAgeMs, route }: AfterDeferral): Step {
  const held = deferral.code === 'ERR_DEFERRED_PAUSED';
  if (!held && ageMs > maxAgeMs) return { kind: 'dead', code: 'ERR_DEAD_EXPIRED', status: null, attempted: false };
  return { kind: 'deferred', topic: route.afterDeferral(deferral.afterMs), code: deferral.code };
}
