export interface Verdict {
  readonly acknowledged: number;
  /** Acknowledged and not in the log. */
  readonly missing: readonly string[];
  /** In the log more than once. */
  readonly duplicated: readonly string[];
}

/** Compares what was acknowledged with what another client reads. What was not acknowledged may be there or not, but once. */
export function judge(acknowledged: readonly string[], read: readonly string[]): Verdict {
  const counts = new Map<string, number>();
  for (const value of read) counts.set(value, (counts.get(value) ?? 0) + 1);
  return {
    acknowledged: acknowledged.length,
    missing: acknowledged.filter((value) => !counts.has(value)),
    duplicated: [...counts].filter(([, count]) => count > 1).map(([value]) => value),
  };
}
