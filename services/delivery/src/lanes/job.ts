import type { EndpointHealth } from './breaker.ts';

/** Why a delivery was put off without an attempt. */
export type DeferralCode =
  /** The endpoint's queue is longer than it can work off soon. */
  | 'ERR_DEFERRED_LANE_FULL'
  /** The endpoint failed too often in a row. */
  | 'ERR_DEFERRED_BREAKER_OPEN'
  /** The webhook's own limit of attempts a second. */
  | 'ERR_DEFERRED_RATE_LIMIT'
  /** Too many of all attempts are retries. */
  | 'ERR_DEFERRED_RETRY_BUDGET'
  /** Nothing signs: the install's secrets do not open under this process's key. */
  | 'ERR_DEFERRED_NO_SECRET'
  /** This build cannot render the event or body version, or the registry did not answer; a newer process or a later time can. */
  | 'ERR_DEFERRED_UNREADABLE'
  /** An operator paused the install. */
  | 'ERR_DEFERRED_PAUSED'
  /** An earlier delivery of the conversation waits. */
  | 'ERR_DEFERRED_ORDER';

export interface Deferral {
  readonly code: DeferralCode;
  /** When there will be room, as far as the lane can tell, milliseconds from now. */
  readonly afterMs: number;
}

/** One attempt that waits for its turn. */
export interface Job {
  /** Not the delivery's first attempt: it goes behind those that are. */
  readonly retry: boolean;
  /** The delivery was put off before. */
  readonly returned: boolean;
  /** Makes the attempt and resolves when its slot is free again. Never rejects. */
  run(): Promise<EndpointHealth>;
  defer(deferral: Deferral): void;
}
