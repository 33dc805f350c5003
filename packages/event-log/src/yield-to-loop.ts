import { setImmediate as nextTurn } from 'node:timers/promises';

const LONGEST_MS = 5;

/**
 * Lets the event loop run once 5 ms have passed since it last did: what computes for long awaits this between two parts of
 * its work, so that heartbeats and health checks do not wait for it. All that compute in one process share it; undefined
 * where the time has not come, so that nothing is awaited.
 */
export function createYield(now: () => number = () => performance.now()): () => Promise<void> | undefined {
  let since = now();
  let yielding: Promise<void> | undefined;
  return () => {
    if (yielding === undefined && now() - since < LONGEST_MS) return undefined;
    yielding ??= nextTurn().then(() => {
      since = now();
      yielding = undefined;
    });
    return yielding;
  };
}
