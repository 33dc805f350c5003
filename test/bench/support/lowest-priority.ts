import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Leaves the cores to every other process. Where Linux shares them out by sessions, a priority counts within a session only,
 * so the process must have a separate one (`startWorker` with `detached`), whose priority is lowered too.
 */
export function takeLowestPriority(): void {
  setPriority(constants.priority.PRIORITY_LOW);
  try {
    writeFileSync('/proc/self/autogroup', String(constants.priority.PRIORITY_LOW));
  } catch {
    // The system shares out by processes.
  }
}
