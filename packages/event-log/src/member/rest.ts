import type { Clock } from '../clock.ts';

/** Pauses of one loop. */
export interface Rest {
  /** Resolves after so many milliseconds, or when woken. */
  for(ms: number): Promise<void>;
  wake(): void;
}

export function createRest(clock: Clock): Rest {
  let wake = (): void => undefined;
  return {
    async for(ms) {
      if (ms <= 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = clock.after(ms, resolve);
      wake = resolve;
      await promise;
      cancel();
    },
    wake: () => wake(),
  };
}
