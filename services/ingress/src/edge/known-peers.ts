import { peerNetwork } from '@switchboard/runtime';
import { LRUCache } from 'lru-cache';

/** Peers that are known to send with a valid credential. */
export interface KnownPeers {
  /** A sender was authenticated at this address. */
  remember(peer: string): void;
  /** Whether a sender was authenticated in the peer's network within the last hour. */
  has(peer: string): boolean;
}

const CAPACITY = 10_000;
const KNOWN_FOR_MS = 3_600_000;
/** A peer with many requests a second is not written down at each. */
const REFRESH_AFTER_MS = 1_000;

/** `monotonic` is milliseconds. */
export function createKnownPeers(monotonic: () => number): KnownPeers {
  const authenticatedAt = new LRUCache<string, number>({ max: CAPACITY });
  return {
    remember(peer) {
      const network = peerNetwork(peer);
      const before = authenticatedAt.peek(network);
      const now = monotonic();
      if (before === undefined || now - before >= REFRESH_AFTER_MS) authenticatedAt.set(network, now);
    },
    has(peer) {
      const at = authenticatedAt.peek(peerNetwork(peer));
      return at !== undefined && monotonic() - at < KNOWN_FOR_MS;
    },
  };
}
