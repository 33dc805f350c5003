import { peerNetwork } from '@switchboard/runtime';
import type { IngressCode } from '../codes.ts';
import {
  createBudget,
  type Entry,
  type Growth,
  LARGE_STAYS_MS,
  type UnauthenticatedLimits,
  type Unreserved,
} from './unauthenticated-budget.ts';

/** The place of a request whose sender is not authenticated yet. */
export interface UnauthenticatedPermit {
  /**
   * Takes room for body bytes. A large body may have to wait for it: read nothing more until the promise is settled. The
   * promise of a request that leaves, is evicted or dropped is never settled. `unreserved` is what was received
   * before there is room for it.
   */
  grow(bytes: number, unreserved?: Unreserved): Growth | Promise<Growth>;
  /** Gives everything back; further calls do nothing. */
  leave(): void;
}

export interface Unauthenticated {
  /** A body of at most this many bytes is small: it never has to wait for room. */
  readonly smallBytes: number;
  /**
   * Takes a place for a request. It is always given: when no place is left, the oldest request is evicted for it. The bytes of
   * a request whose `peer` is undefined count for no peer. `evict` must end the request at once; it is called at most once, and not after `leave`.
   */
  enter(peer: string | undefined, evict: (code: IngressCode) => void): UnauthenticatedPermit;
  requests(): number;
  bytes(): number;
}

/** Large bodies that are given room in one turn of the event loop: each is read to its end at once, and may evict another. */
const SERVED_PER_TURN = 1;

/**
 * The budget of requests whose sender is not authenticated. A genuine sender sends its body at once and needs its place
 * for milliseconds, so that the oldest requests are those that only want to hold a place.
 *
 * Half of the bytes belong to small bodies, in equal parts, so that a small body always has room. Large bodies have the other
 * half. One that finds no room waits until the oldest large one is a second old and is evicted for it. Of those that wait the
 * smallest is served first, after those that have waited for half a second. Neither kind takes anything from the other.
 *
 * A chunked body is known to be large once more has been received than it has room for. Of those that wait with such bytes the
 * oldest are dropped, so that these bytes are an eighth of the budget at most.
 */
export function createUnauthenticated(limits: UnauthenticatedLimits): Unauthenticated {
  const { maxRequests, maxBytesPerPeer, monotonic } = limits;
  const budget = createBudget(limits);
  const { entries, smallBytes, bytes, remove, evictOldest, isBeyondPeer, oldestLarge, take, nextWaiting } = budget;
  let timer: NodeJS.Timeout | undefined;

  /** Serves those that wait, as far as there is room, and looks again when the oldest large body may be evicted. */
  function serveWaiting(): void {
    let served = 0;
    for (let next = nextWaiting(); next?.waiting !== undefined; next = nextWaiting()) {
      if (served === SERVED_PER_TURN) {
        serveAgainIn(1);
        return;
      }
      const { bytes: more, resolve } = next.waiting;
      if (isBeyondPeer(next, more)) {
        next.waiting = undefined;
        resolve('ERR_INGRESS_PEER_LIMIT');
        continue;
      }
      if (!take(next, more)) {
        const since = oldestLarge(next)?.largeSince ?? monotonic();
        serveAgainIn(Math.max(1, since + LARGE_STAYS_MS - monotonic()));
        return;
      }
      served += 1;
      next.waiting = undefined;
      resolve(undefined);
    }
  }

  function serveAgainIn(delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(serveWaiting, delayMs).unref();
  }

  return {
    smallBytes,
    enter(peer, evictRequest) {
      const entry: Entry = {
        peer: peer === undefined || maxBytesPerPeer === 0 ? undefined : peerNetwork(peer),
        evict: evictRequest,
        bytes: 0,
        largeSince: 0,
        waiting: undefined,
        dropped: false,
      };
      const isFull = entries.size >= maxRequests;
      if (isFull) evictOldest();
      entries.add(entry);
      // The bytes of the evicted one belong to those that wait.
      if (isFull) serveWaiting();
      return {
        grow(more, unreserved) {
          if (!entries.has(entry)) return 'ERR_INGRESS_EVICTED';
          if (isBeyondPeer(entry, more)) return 'ERR_INGRESS_PEER_LIMIT';
          const mustQueue = entry.bytes + more > smallBytes && nextWaiting() !== undefined;
          if (!mustQueue && take(entry, more)) return undefined;
          const { promise, resolve } = Promise.withResolvers<Growth>();
          entry.waiting = { bytes: more, unreserved, since: monotonic(), resolve };
          serveWaiting();
          if (unreserved !== undefined) budget.boundUnreserved();
          return promise;
        },
        leave() {
          if (!entries.has(entry)) return;
          remove(entry);
          if (entry.bytes > 0) serveWaiting();
        },
      };
    },
    requests: () => entries.size,
    bytes,
  };
}
