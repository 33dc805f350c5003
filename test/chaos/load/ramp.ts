/**
 * The rate grows to what was asked for: processes that were just started are slow on few cores, and what they refuse in their first seconds
 * says nothing about faults.
 */
const RAMP_MS = 20_000;
const FIRST_SHARE = 0.05;

/** Notifications a second, so long after the first one. */
export function rateAt(elapsedMs: number, ratePerSecond: number): number {
  return ratePerSecond * Math.min(1, FIRST_SHARE + ((1 - FIRST_SHARE) * elapsedMs) / RAMP_MS);
}

/** How long it takes to send so many. */
export function sendingMs(notifications: number, ratePerSecond: number): number {
  const whileGrowing = (ratePerSecond * (1 + FIRST_SHARE) * RAMP_MS) / 2_000;
  return RAMP_MS + Math.max(0, ((notifications - whileGrowing) * 1_000) / ratePerSecond);
}
