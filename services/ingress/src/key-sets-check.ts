export interface KeySetsCheckOptions {
  /** Key sets that the sources file asks for. */
  readonly urls: () => readonly string[];
  readonly has: (url: string) => boolean;
  /** Monotonic, milliseconds. */
  readonly monotonic: () => number;
  /** After this long an unreachable issuer no longer delays the apps of the others, milliseconds. */
  readonly waitMs: number;
}

/** Condition of readiness: all key sets are loaded, or one after `waitMs`. Once it holds, it holds for good. */
export function createKeySetsCheck({ urls, has, monotonic, waitMs }: KeySetsCheckOptions): () => readonly string[] {
  const startedAt = monotonic();
  let hadKeySets = false;
  return () => {
    if (hadKeySets) return [];
    const wanted = urls();
    const loaded = wanted.filter(has).length;
    hadKeySets = loaded === wanted.length || (loaded > 0 && monotonic() - startedAt >= waitMs);
    return hadKeySets ? [] : ['waiting for key sets'];
  };
}
