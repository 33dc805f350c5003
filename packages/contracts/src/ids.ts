import { v5, v7 } from 'uuid';

/** UUIDv5 of a name within a namespace, which is a UUID. */
export function uuidv5(name: string, namespace: string): string {
  return v5(name, namespace);
}

/** UUIDv7: sorts by time. `now` in milliseconds since the epoch. */
export function uuidv7(now?: number): string {
  return now === undefined ? v7() : v7({ msecs: now });
}

/** Id of the delivery of an event to an install: the same pair always gives the same id. */
export function deliveryIdOf(eventId: string, installId: string): string {
  return v5(installId, eventId);
}
