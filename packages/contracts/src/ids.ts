import { randomFillSync } from 'node:crypto';
import { v5, v7 } from 'uuid';

// Filled some hundred ids at a time: a call for each costs more than the rest of making one.
const RANDOM_BYTES = 16;
const pool = new Uint8Array(256 * RANDOM_BYTES);
let used = pool.length;

function randomBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return pool.subarray(used - RANDOM_BYTES, used);
}

/** UUIDv5 of a name within a namespace, which is a UUID. */
export function uuidv5(name: string, namespace: string): string {
  return v5(name, namespace);
}

/** UUIDv7: sorts by time. `now` in milliseconds since the epoch. */
export function uuidv7(now?: number): string {
  return now === undefined ? v7() : v7({ msecs: now, random: randomBytes() });
}

/** Id of the delivery of an event to an install: the same pair always gives the same id. */
export function deliveryIdOf(eventId: string, installId: string): string {
  return v5(installId, eventId);
}
