/** Runs pieces of work so that two that share a key never overlap and keep the order in which they were handed in. */
export interface Lanes {
  run<Result>(keys: readonly string[], work: () => Promise<Result>): Promise<Result>;
}

export function createLanes(): Lanes {
  const tails = new Map<string, Promise<void>>();
  return {
    async run(keys, work) {
      // All keys are taken in one step, so whoever waits, waits for an earlier caller: no two can wait for each other.
      const earlier = keys.flatMap((key) => tails.get(key) ?? []);
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      for (const key of keys) tails.set(key, ended);
      try {
        if (earlier.length > 0) await Promise.all(earlier);
        return await work();
      } finally {
        end();
        for (const key of keys) {
          if (tails.get(key) === ended) tails.delete(key);
        }
      }
    },
  };
}
