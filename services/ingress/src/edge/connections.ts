import { peerNetwork } from '@switchboard/runtime';

/** An open connection, as the limits see it. */
export interface Connection {
  /** True once a response was decided that ends the connection: a further request on it is not served. */
  closing: boolean;
  /** True once something arrived that cannot be parsed: the response that is due is the last one. */
  unreadable: boolean;
  /** Whether a sender was authenticated on it. */
  readonly isAuthenticated: boolean;
  /** A sender was authenticated on it: it is no longer evicted, nor counted for its peer. */
  authenticated(): void;
  /** The peer behind a trusted proxy, known from the head of a request; counts the connection for that peer. */
  countFor(peer: string): void;
  /** The connection has closed. Further calls do nothing. */
  closed(): void;
}

export interface Connections {
  /**
   * Counts a connection. `peer` is undefined for a trusted proxy. `close` must close it at once; it is called when the
   * connection is evicted, which may be before this returns.
   */
  open(peer: string | undefined, close: () => void): Connection;
  /** Closes every connection on which no sender was authenticated. */
  closeUnauthenticated(): void;
  count(): number;
  unauthenticated(): number;
}

export interface ConnectionLimits {
  /** Most connections; at the cap the oldest one that authenticated nothing is closed for a new one. */
  readonly maxConnections: number;
  /** Most connections of one peer that authenticated nothing; 0 is no limit. */
  readonly maxConnectionsPerPeer: number;
  readonly onEvicted: () => void;
}

interface Entry {
  readonly close: () => void;
  peer: string | undefined;
}

/**
 * Keeps the capacity for connections open to authenticated senders. Without eviction, silent sockets could occupy every place
 * until they time out, and an outsider could open others faster than that.
 */
export function createConnections({ maxConnections, maxConnectionsPerPeer, onEvicted }: ConnectionLimits): Connections {
  const open = new Set<Entry>();
  // Sets iterate in order of insertion, so the first entry is the oldest.
  const unauthenticated = new Set<Entry>();
  const byPeer = new Map<string, Set<Entry>>();

  function uncount(entry: Entry): void {
    if (entry.peer === undefined) return;
    const own = byPeer.get(entry.peer);
    own?.delete(entry);
    if (own?.size === 0) byPeer.delete(entry.peer);
    entry.peer = undefined;
  }

  function remove(entry: Entry): void {
    uncount(entry);
    unauthenticated.delete(entry);
    open.delete(entry);
  }

  function evictOldest(of: ReadonlySet<Entry>): void {
    for (const oldest of of) {
      remove(oldest);
      onEvicted();
      oldest.close();
      return;
    }
  }

  function count(entry: Entry, peer: string): void {
    if (maxConnectionsPerPeer === 0) return;
    const network = peerNetwork(peer);
    if (entry.peer === network) return;
    uncount(entry);
    const own = byPeer.get(network) ?? new Set<Entry>();
    byPeer.set(network, own.add(entry));
    entry.peer = network;
    if (own.size > maxConnectionsPerPeer) evictOldest(own);
  }

  return {
    open(peer, close) {
      const entry: Entry = { close, peer: undefined };
      open.add(entry);
      unauthenticated.add(entry);
      if (peer !== undefined) count(entry, peer);
      if (open.size > maxConnections) evictOldest(unauthenticated);
      let isAuthenticated = false;
      return {
        closing: false,
        unreadable: false,
        get isAuthenticated() {
          return isAuthenticated;
        },
        authenticated() {
          isAuthenticated = true;
          uncount(entry);
          unauthenticated.delete(entry);
        },
        countFor(behindProxy) {
          if (unauthenticated.has(entry)) count(entry, behindProxy);
        },
        closed: () => remove(entry),
      };
    },
    closeUnauthenticated() {
      for (const entry of [...unauthenticated]) {
        remove(entry);
        entry.close();
      }
    },
    count: () => open.size,
    unauthenticated: () => unauthenticated.size,
  };
}
