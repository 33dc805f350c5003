import { peerNetwork } from '@switchboard/runtime';
import type { Permit } from '../accept/in-flight.ts';
import type { IngressCode } from '../codes.ts';

export interface UnauthenticatedLimits {
  /** Most requests whose sender is not authenticated yet. */
  readonly maxRequests: number;
  /** Most body bytes of these. */
  readonly maxBytes: number;
  /** Most body bytes of one peer's; 0 is no limit. */
  readonly maxBytesPerPeer: number;
  readonly onEvicted: () => void;
}

export interface Unauthenticated {
  /**
   * Takes a place for a request. It is always given: when there is none left, the oldest request is evicted for it.
   * `evict` must end the request at once; it is called at most once, and not after `leave`.
   */
  enter(peer: string, evict: (code: IngressCode) => void): Permit;
  requests(): number;
  bytes(): number;
}

interface Entry {
  readonly peer: string;
  readonly evict: (code: IngressCode) => void;
  bytes: number;
}

/**
 * The budget of requests whose sender is not authenticated. A genuine sender sends its body at once and needs its place
 * for milliseconds, so that the oldest requests are those that only want to hold a place.
 */
export function createUnauthenticated({ maxRequests, maxBytes, maxBytesPerPeer, onEvicted }: UnauthenticatedLimits): Unauthenticated {
  // A set iterates in order of insertion, so the first entry is the oldest.
  const entries = new Set<Entry>();
  const bytesByPeer = new Map<string, number>();
  // Some request holds at least the average when the bytes are used up, so that one is always found to evict; and those
  // with less, as messages of people have, are not evicted for bytes that they do not hold.
  const largeBytes = maxBytes / maxRequests;
  let bytes = 0;

  function remove(entry: Entry): void {
    if (!entries.delete(entry)) return;
    bytes -= entry.bytes;
    if (maxBytesPerPeer > 0) countBytes(entry.peer, -entry.bytes);
  }

  function countBytes(peer: string, more: number): void {
    const left = (bytesByPeer.get(peer) ?? 0) + more;
    if (left === 0) bytesByPeer.delete(peer);
    else bytesByPeer.set(peer, left);
  }

  function evict(entry: Entry | undefined): void {
    if (entry === undefined) return;
    remove(entry);
    onEvicted();
    entry.evict('ERR_INGRESS_EVICTED');
  }

  function oldestHolding(atLeast: number): Entry | undefined {
    for (const entry of entries) if (entry.bytes >= atLeast) return entry;
    return undefined;
  }

  return {
    enter(peer, evictRequest) {
      const entry: Entry = { peer: maxBytesPerPeer > 0 ? peerNetwork(peer) : peer, evict: evictRequest, bytes: 0 };
      if (entries.size >= maxRequests) evict(oldestHolding(0));
      entries.add(entry);
      return {
        grow(more) {
          if (!entries.has(entry)) return 'ERR_INGRESS_EVICTED';
          if (maxBytesPerPeer > 0) {
            if ((bytesByPeer.get(entry.peer) ?? 0) + more > maxBytesPerPeer) return 'ERR_INGRESS_PEER_LIMIT';
            countBytes(entry.peer, more);
          }
          entry.bytes += more;
          bytes += more;
          while (bytes > maxBytes) {
            const oldest = oldestHolding(largeBytes);
            if (oldest === entry || oldest === undefined) {
              remove(entry);
              onEvicted();
              return 'ERR_INGRESS_EVICTED';
            }
            evict(oldest);
          }
          return undefined;
        },
        leave: () => remove(entry),
      };
    },
    requests: () => entries.size,
    bytes: () => bytes,
  };
}
