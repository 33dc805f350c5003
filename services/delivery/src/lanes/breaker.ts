/** What an attempt says about its endpoint: it answered in order, it did not, or nothing either way. */
export type EndpointHealth = 'healthy' | 'unhealthy' | 'neutral';

export interface BreakerOptions {
  /** Unhealthy attempts in a row that open it. */
  readonly threshold: number;
  /** How long it stays open the first time, milliseconds; doubled each time the probe fails. */
  readonly openMs: number;
  readonly maxOpenMs: number;
}

/**
 * Stops attempts to an endpoint that fails: closed, then open for a time, then half open for a single probe that decides.
 */
export interface Breaker {
  /** Milliseconds until an attempt may start; 0 when one may. While a probe runs, the time it would stay open if the probe failed. */
  waitMs(now: number): number;
  /** Notes that an attempt starts; it becomes the probe when the breaker was open. */
  started(now: number): void;
  /** Notes how an attempt ended. */
  ended(health: EndpointHealth, now: number): void;
  state(now: number): 'closed' | 'open' | 'half-open';
}

export function createBreaker({ threshold, openMs, maxOpenMs }: BreakerOptions): Breaker {
  let failures = 0;
  let opened: { until: number; forMs: number } | undefined;
  let probing = false;

  const open = (now: number, forMs: number) => {
    opened = { until: now + forMs, forMs };
    probing = false;
  };

  return {
    waitMs: (now) => {
      if (opened === undefined) return 0;
      if (probing) return Math.min(opened.forMs * 2, maxOpenMs);
      return Math.max(0, opened.until - now);
    },
    started: () => {
      if (opened !== undefined) probing = true;
    },
    ended: (health, now) => {
      if (health === 'healthy') {
        failures = 0;
        opened = undefined;
        probing = false;
      } else if (health === 'unhealthy') {
        failures++;
        if (opened === undefined && failures >= threshold) open(now, openMs);
        else if (probing) open(now, Math.min((opened?.forMs ?? openMs) * 2, maxOpenMs));
      } else {
        // A probe that says nothing: the next attempt is one.
        probing = false;
      }
    },
    state: (now) => {
      if (opened === undefined) return 'closed';
      return probing || now >= opened.until ? 'half-open' : 'open';
    },
  };
}
