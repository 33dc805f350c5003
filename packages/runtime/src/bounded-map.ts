/** A map of at most `max` entries: one more, and the oldest is removed. An entry is as old as its last `set` or `use`. */
export interface BoundedMap<Key, Value> {
  /** The value; its entry stays as old as it is. */
  get(key: Key): Value | undefined;
  /** The value; its entry becomes the newest. */
  use(key: Key): Value | undefined;
  has(key: Key): boolean;
  /** Adds or replaces an entry, which becomes the newest. */
  set(key: Key, value: Value): void;
  size(): number;
}

interface Entry<Key, Value> {
  readonly key: Key;
  value: Value;
  older: Entry<Key, Value> | undefined;
  newer: Entry<Key, Value> | undefined;
}

/**
 * Keeps the order of its entries in links. The order of a `Map` would do, but V8 leaves a hole where an entry was deleted,
 * and each new iterator that looks for the oldest entry steps over all holes before it: thousands, in a full map. An
 * iterator that is kept steps over each hole once, but keeps every outgrown table of the map in memory.
 */
export function createBoundedMap<Key, Value>(max: number): BoundedMap<Key, Value> {
  const entries = new Map<Key, Entry<Key, Value>>();
  let oldest: Entry<Key, Value> | undefined;
  let newest: Entry<Key, Value> | undefined;

  function unlink({ older, newer }: Entry<Key, Value>): void {
    if (older === undefined) oldest = newer;
    else older.newer = newer;
    if (newer === undefined) newest = older;
    else newer.older = older;
  }

  function append(entry: Entry<Key, Value>): void {
    entry.older = newest;
    entry.newer = undefined;
    if (newest === undefined) oldest = entry;
    else newest.newer = entry;
    newest = entry;
  }

  function renew(entry: Entry<Key, Value>): void {
    if (entry === newest) return;
    unlink(entry);
    append(entry);
  }

  return {
    get: (key) => entries.get(key)?.value,
    use(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      renew(entry);
      return entry.value;
    },
    has: (key) => entries.has(key),
    set(key, value) {
      const known = entries.get(key);
      if (known !== undefined) {
        known.value = value;
        renew(known);
        return;
      }
      const entry: Entry<Key, Value> = { key, value, older: undefined, newer: undefined };
      entries.set(key, entry);
      append(entry);
      if (entries.size <= max || oldest === undefined) return;
      entries.delete(oldest.key);
      unlink(oldest);
    },
    size: () => entries.size,
  };
}
