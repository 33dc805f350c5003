/** Runs pieces of work so that two never hold a key at the same time and get it in the order in which they were handed in. */
export interface Lanes {
  /** The work may let go of keys that it is done with; its end lets go of the rest. */
  run<Result>(keys: readonly string[], work: (release: (key: string) => void) => Promise<Result>): Promise<Result>;
}

export function createLanes(): Lanes {
  const tails = new Map<string, Promise<void>>();
  return {
    async run(keys, work) {
      // All keys are taken in one step, so whoever waits, waits for an earlier caller: no two can wait for each other.
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
