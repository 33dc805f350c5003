export interface ReadinessOptions {
  readonly codecConnected: () => boolean;
  readonly appenderAvailable: () => boolean;
  readonly repliesCaughtUp: () => boolean;
  readonly keySetUrls: () => readonly string[];
  readonly hasKeySet: (url: string) => boolean;
  /** Monotonic, milliseconds. */
  readonly monotonic: () => number;
  /** After this long an unreachable issuer no longer delays the apps of the others. */
  readonly keySetsWaitMs: number;
}

export interface Readiness {
  /** What is missing; empty when ready. */
  missing(): readonly string[];
  /** Not ready from now on. */
  drain(): void;
}

export function createReadiness(options: ReadinessOptions): Readiness {
  const startedAt = options.monotonic();
  let draining = false;
  let hadKeySets = false;

  function keySetsMissing(): boolean {
    if (hadKeySets) return false;
    const urls = options.keySetUrls();
    const loaded = urls.filter(options.hasKeySet).length;
    const waitedLong = options.monotonic() - startedAt >= options.keySetsWaitMs;
    hadKeySets = loaded === urls.length || (waitedLong && loaded > 0);
    return !hadKeySets;
  }

  return {
    missing() {
      if (draining) return ['shutting down'];
      return [
        ...(options.codecConnected() ? [] : ['schema registry']),
        ...(options.appenderAvailable() ? [] : ['kafka']),
        ...(options.repliesCaughtUp() ? [] : ['replies']),
        ...(keySetsMissing() ? ['key sets'] : []),
      ];
    },
    drain() {
      draining = true;
    },
  };
}
