/** Least time between the starts of two transactions: a broker pays for each, however few records it has. */
const TRANSACTION_INTERVAL_MS = 17;

/**
 * Milliseconds until the next transaction may begin: none when the last one began long ago, so that a record which arrives alone
 * does not wait.
 */
export function pauseBeforeNext(now: number, lastBegan: number | undefined, intervalMs = TRANSACTION_INTERVAL_MS): number {
  if (lastBegan === undefined || now < lastBegan) return 0;
  return Math.max(0, lastBegan + intervalMs - now);
}
