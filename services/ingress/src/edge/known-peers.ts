import { createBoundedMap, peerNetwork } from '@switchboard/runtime';

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
  const authenticatedAt = createBoundedMap<string, number>(CAPACITY);
  return {
    remember(peer) {
      const network = peerNetwork(peer);
      const before = authenticatedAt.get(network);
      const now = monotonic();
      if (before === undefined || now - before >= REFRESH_AFTER_MS) authenticatedAt.set(network, now);
    },
    has(peer) {
      const at = authenticatedAt.get(peerNetwork(peer));
      return at !== undefined && monotonic() - at < KNOWN_FOR_MS;
    },
  };
}
