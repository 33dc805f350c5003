/** Quick: responded fast, and a moment ago. Slow: takes long, or has something in flight that does. Unproven: neither is known. */
export type Pace = 'quick' | 'slow' | 'unproven';

/** What an attempt is taken to last before the first one ended. */
const FIRST_ESTIMATE_MS = 50;
/** Attempts that last longer make an endpoint slow. */
const SLOW_MS = 200;
/** How long a response shows that the endpoint is well. */
const PROOF_MS = 1_000;

/** How many attempts of one endpoint are in flight, and how long attempts last. Times are milliseconds of a steady clock. */
export class AttemptTimes {
  /** Attempts in flight by the time at which they started, oldest first. */
  readonly #startedAt = new Map<number, number>();
  #inFlight = 0;
  #latencyMs: number | undefined;
  #endedAt = Number.NEGATIVE_INFINITY;

  get inFlight(): number {
    return this.#inFlight;
  }

  started(now: number): void {
    this.#inFlight++;
    this.#startedAt.set(now, (this.#startedAt.get(now) ?? 0) + 1);
  }

  ended(startedAt: number, now: number): void {
    this.#inFlight--;
    const sameStart = (this.#startedAt.get(startedAt) ?? 1) - 1;
    if (sameStart > 0) this.#startedAt.set(startedAt, sameStart);
    else this.#startedAt.delete(startedAt);
    const lasted = now - startedAt;
    this.#latencyMs = this.#latencyMs === undefined ? lasted : this.#latencyMs + (lasted - this.#latencyMs) / 8;
    this.#endedAt = now;
  }

  /** How long an attempt lasts, at least 1: what the last ones did, or what the oldest one in flight has taken by now. */
  expectedMs(now: number): number {
    const [oldest] = this.#startedAt.keys();
    return Math.max(this.#latencyMs ?? FIRST_ESTIMATE_MS, oldest === undefined ? 0 : now - oldest, 1);
  }

  pace(now: number): Pace {
    if (this.expectedMs(now) > SLOW_MS) return 'slow';
    return now - this.#endedAt <= PROOF_MS ? 'quick' : 'unproven';
  }
}
