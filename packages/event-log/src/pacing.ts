/**
 * Milliseconds until the next request of a kind may be sent, where a broker pays for each, however little is in it: 0 when the last
 * one began `intervalMs` ago or longer, so that what arrives alone does not wait.
 */
export function pauseBeforeNext(now: number, lastBegan: number | undefined, intervalMs: number): number {
  if (lastBegan === undefined || now < lastBegan) return 0;
  return Math.max(0, lastBegan + intervalMs - now);
}
