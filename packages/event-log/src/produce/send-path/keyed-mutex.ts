/** Runs pieces of work one at a time per key, in the order in which they were handed in. */
export interface KeyedMutex {
  /** The work may release keys that it no longer needs; its end releases the rest. */
  run<Result>(keys: readonly string[], work: (release: (key: string) => void) => Promise<Result>): Promise<Result>;
}

export function createKeyedMutex(): KeyedMutex {
  const tails = new Map<string, Promise<void>>();
  return {
    async run(keys, work) {
      // All keys are taken in one step, so every caller waits for earlier callers only: no two can wait for each other.
      const earlier = keys.flatMap((key) => tails.get(key) ?? []);
      const held = new Map(keys.map((key) => [key, Promise.withResolvers<void>()]));
      for (const [key, { promise }] of held) tails.set(key, promise);
      const release = (key: string): void => {
        const hold = held.get(key);
        if (hold === undefined) return;
        held.delete(key);
        hold.resolve();
        if (tails.get(key) === hold.promise) tails.delete(key);
      };
      try {
        if (earlier.length > 0) await Promise.all(earlier);
        return await work(release);
      } finally {
        for (const key of keys) release(key);
      }
    },
  };
}
