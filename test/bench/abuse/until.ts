import { pause } from '../support/clock.ts';

/** The kernel's table is long after thousands of connects: reading it all the time would take a core. */
const LOOK_EVERY_MS = 250;

/** Looks until the condition holds or the time is over; gives whether it holds. */
export async function until(holds: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline) return false;
    await pause(LOOK_EVERY_MS);
  }
  return true;
}
