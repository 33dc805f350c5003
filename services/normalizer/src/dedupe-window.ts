/** How far back a key is remembered, whichever ends first. */
export const WINDOW_RECORDS = 20_000n;
export const WINDOW_MS = 600_000;

export interface Occurrence {
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly notificationId: string;
}

/** The keys that occurred lately in one partition. What it answers depends on the records of the partition alone. */
export interface DedupeWindow {
  /**
   * Remembers the key and gives its last occurrence within the window, if there was one. What the window knows at this
   * offset or a later one came before from the same record or its successors: it is no earlier occurrence, and stays.
   */
  occur(key: string, occurrence: Occurrence): Occurrence | undefined;
  readonly size: number;
}

export function createDedupeWindow(): DedupeWindow {
  // Insertion order is offset order, since a key that occurs again is inserted anew.
  const last = new Map<string, Occurrence>();

  function evict(offset: bigint): void {
    for (const [key, occurrence] of last) {
      if (offset - occurrence.offset <= WINDOW_RECORDS) return;
      last.delete(key);
    }
  }

  return {
    occur(key, occurrence) {
      evict(occurrence.offset);
      const before = last.get(key);
      if (before !== undefined && before.offset >= occurrence.offset) return undefined;
      last.delete(key);
      last.set(key, occurrence);
      return before !== undefined && occurrence.receivedAt - before.receivedAt <= WINDOW_MS ? before : undefined;
    },
    get size() {
      return last.size;
    },
  };
}
