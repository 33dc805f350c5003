/** What a service needs before it can take work, as /readyz reports it. */
export interface Readiness {
  /** Adds a condition: `missing` gives what is missing, empty while it holds. */
  require(missing: () => readonly string[]): void;
  /** What is missing; empty when ready. */
  missing(): readonly string[];
  /** The service has started: from now on its conditions decide. */
  started(): void;
  /** Not ready from now on. */
  drain(): void;
}

export function createReadiness(): Readiness {
  const conditions: (() => readonly string[])[] = [];
  let state: 'starting' | 'started' | 'draining' = 'starting';
  return {
    require: (missing) => void conditions.push(missing),
    missing() {
      if (state === 'draining') return ['the service is stopping'];
      const missing = conditions.flatMap((condition) => condition());
      return state === 'starting' && missing.length === 0 ? ['the service is starting'] : missing;
    },
    started() {
      if (state === 'starting') state = 'started';
    },
    drain() {
      state = 'draining';
    },
  };
}
