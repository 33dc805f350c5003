import type { IngressCode } from '../codes.ts';

export interface UnauthenticatedLimits {
  /** Most requests whose sender is not authenticated yet. */
  readonly maxRequests: number;
  /** Most body bytes of these: at least twice the largest body there may be. */
  readonly maxBytes: number;
  /** Most body bytes of one peer's; 0 is no limit. */
  readonly maxBytesPerPeer: number;
  readonly onEvicted: () => void;
  /** Monotonic, milliseconds. */
  readonly monotonic: () => number;
}

/** The code of the limit that leaves no room, else undefined. */
export type Growth = IngressCode | undefined;

/** What a body that waits has received beyond the room that it has. */
export interface Unreserved {
  readonly bytes: number;
  /** Must free them, and end the request later: it does not get the room. Called at most once, and only while it waits. */
  drop(): void;
}

/** A large body is not evicted for another one before this: else hoards could be sent and thrown away at full speed. */
export const LARGE_STAYS_MS = 1_000;
/** After this a body that waits is served before those that came later, however small they are. */
const LONG_WAIT_MS = 500;
interface Waiting {
  /** What it needs. */
  readonly bytes: number;
  readonly unreserved: Unreserved | undefined;
  /** Monotonic milliseconds. */
  readonly since: number;
  readonly resolve: (growth: Growth) => void;
}

/** A request in the budget. */
export interface Entry {
  /** Undefined where its bytes count for no peer. */
  readonly peer: string | undefined;
  readonly evict: (code: IngressCode) => void;
  bytes: number;
  /** When it became large, monotonic milliseconds. */
  largeSince: number;
  /** Set while it waits for room. */
  waiting: Waiting | undefined;
  /** Waited, and gets no room any more. */
  dropped: boolean;
}

/** What the requests hold, and who is evicted for whom. */
export function createBudget(limits: UnauthenticatedLimits) {
  const { maxRequests, maxBytes, maxBytesPerPeer, onEvicted, monotonic } = limits;
  const maxLargeBytes = maxBytes / 2;
  const maxUnreservedBytes = maxBytes / 8;
  const smallBytes = Math.floor(maxBytes / 2 / maxRequests);
  // A set iterates in order of insertion, so the first entry is the oldest.
  const entries = new Set<Entry>();
  const bytesByPeer = new Map<Entry['peer'], number>();
  let bytes = 0;
  let largeBytes = 0;

  const isLarge = (size: number) => size > smallBytes;

  function add(entry: Entry, more: number): void {
    const becomesLarge = !isLarge(entry.bytes) && isLarge(entry.bytes + more);
    if (becomesLarge) entry.largeSince = monotonic();
    entry.bytes += more;
    bytes += more;
    if (isLarge(entry.bytes)) largeBytes += becomesLarge ? entry.bytes : more;
    if (entry.peer !== undefined) bytesByPeer.set(entry.peer, (bytesByPeer.get(entry.peer) ?? 0) + more);
  }

  function remove(entry: Entry): void {
    if (!entries.delete(entry)) return;
    bytes -= entry.bytes;
    if (isLarge(entry.bytes)) largeBytes -= entry.bytes;
    const ofPeer = (bytesByPeer.get(entry.peer) ?? 0) - entry.bytes;
    if (ofPeer > 0) bytesByPeer.set(entry.peer, ofPeer);
    else bytesByPeer.delete(entry.peer);
  }

  function evict(entry: Entry): void {
    remove(entry);
    if (!entry.dropped) onEvicted();
    entry.evict('ERR_INGRESS_EVICTED');
  }

  function evictOldest(): void {
    const [oldest] = entries;
    if (oldest !== undefined) evict(oldest);
  }

  function isBeyondPeer({ peer }: Entry, more: number): boolean {
    return peer !== undefined && (bytesByPeer.get(peer) ?? 0) + more > maxBytesPerPeer;
  }

  /** The large body that became large first, apart from this one. */
  function oldestLarge(except: Entry): Entry | undefined {
    let oldest: Entry | undefined;
    for (const entry of entries) {
      if (entry === except || !isLarge(entry.bytes)) continue;
      if (oldest === undefined || entry.largeSince < oldest.largeSince) oldest = entry;
    }
    return oldest;
  }

  /** Makes room and takes it; false where it has to wait. */
  function take(entry: Entry, more: number): boolean {
    const needed = isLarge(entry.bytes) ? more : entry.bytes + more;
    while (isLarge(entry.bytes + more) && largeBytes + needed > maxLargeBytes) {
      const oldest = oldestLarge(entry);
      if (oldest === undefined || monotonic() - oldest.largeSince < LARGE_STAYS_MS) return false;
      evict(oldest);
    }
    add(entry, more);
    return true;
  }

  /** The one that is served next: the smallest of those that have waited for long, else the smallest. */
  function nextWaiting(): Entry | undefined {
    const longSince = monotonic() - LONG_WAIT_MS;
    let next: Entry['waiting'];
    let found: Entry | undefined;
    for (const entry of entries) {
      const { waiting } = entry;
      if (waiting === undefined || (next !== undefined && !isBefore(waiting, next, longSince))) continue;
      next = waiting;
      found = entry;
    }
    return found;
  }

  /** Drops the oldest of those that hold bytes while they wait, until what these hold is within its bound. */
  function boundUnreserved(): void {
    const unreservedOf = ({ waiting }: Entry) => waiting?.unreserved?.bytes ?? 0;
    const holding = [...entries].filter((entry) => unreservedOf(entry) > 0);
    let unreserved = holding.reduce((sum, entry) => sum + unreservedOf(entry), 0);
    for (const entry of holding) {
      if (unreserved <= maxUnreservedBytes) return;
      unreserved -= unreservedOf(entry);
      const { waiting } = entry;
      entry.waiting = undefined;
      entry.dropped = true;
      onEvicted();
      waiting?.unreserved?.drop();
    }
  }

  return { entries, smallBytes, bytes: () => bytes, remove, evictOldest, isBeyondPeer, oldestLarge, take, nextWaiting, boundUnreserved };
}

function isBefore(one: Waiting, other: Waiting, longSince: number): boolean {
  const isLong = one.since <= longSince;
  return isLong === other.since <= longSince ? one.bytes < other.bytes : isLong;
}
