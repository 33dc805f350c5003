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
  /** Nothing signs: the install's secrets do not open under this process's keys. */
  | 'ERR_DEFERRED_NO_SECRET'
  /** Header values and queries of the install do not open under this process's keys. */
  | 'ERR_DEFERRED_SEALED'
  /** This build cannot render the event or body version, or the registry did not answer; a newer process or a later time can. */
  | 'ERR_DEFERRED_UNREADABLE'
  /** The attempt's own code threw: a bug, not bad data. */
  | 'ERR_DEFERRED_FAILED'
  /** An operator paused the install. */
  | 'ERR_DEFERRED_PAUSED'
  /** An earlier delivery of the conversation waits. */
  | 'ERR_DEFERRED_ORDER';

const laneCodes: ReadonlySet<string> = new Set([
  'ERR_DEFERRED_LANE_FULL',
  'ERR_DEFERRED_BREAKER_OPEN',
  'ERR_DEFERRED_RATE_LIMIT',
] satisfies DeferralCode[]);

/** True for deferrals by the endpoint's own lane, which counts on the delivery's return. */
export function isLaneCode(code: string): boolean {
  return laneCodes.has(code);
}

export interface Deferral {
  readonly code: DeferralCode;
  /** When there will be room, as far as the lane can tell, milliseconds from now. */
  readonly afterMs: number;
}

/** One attempt that waits for its turn. */
export interface Job {
  /** Not the delivery's first attempt: it goes behind those that are. */
  readonly retry: boolean;
  /** Its lane put the delivery off, and nothing else came of it since. */
  readonly returned: boolean;
  /** What it holds in memory while it waits. */
  readonly bytes: number;
  /** Flows take turns: jobs of one flow wait for each other before those of others do. */
  readonly flow: string;
  /** Makes the attempt and resolves when its slot is free again. Never rejects. */
  run(): Promise<EndpointHealth>;
  defer(deferral: Deferral): void;
}
