import { isIP } from 'node:net';
import { createCidrSet } from '@switchboard/runtime';
import { LRUCache } from 'lru-cache';

export interface PeerRules {
  /** CIDR ranges of reverse proxies whose forwarded address is believed. */
  readonly trustedProxies: readonly string[];
  /** Header in which a trusted proxy names its client, lower-cased; for example x-forwarded-for. */
  readonly header: string;
}

export interface Peers {
  /** Whether a socket's address is that of a trusted proxy: its connections belong to many peers. */
  isProxy(socketAddress: string): boolean;
  /**
   * The address that a request is counted for: the socket's own, or behind trusted proxies one from the header. That is the
   * right-most address that is not a trusted proxy itself; the client wrote those left of it, and they are not believed.
   * Undefined where a trusted proxy names no such address: the proxy is not counted in place of its clients.
   */
  peerOf(socketAddress: string, headers: Readonly<Record<string, string>>): string | undefined;
}

/** Addresses of sockets that are remembered as proxies or not. */
const REMEMBERED = 1_000;

export function createPeers({ trustedProxies, header }: PeerRules): Peers {
  const proxies = createCidrSet(trustedProxies);
  const name = header.toLowerCase();
  // Asked twice for each connection and once for each request, and behind proxies a few addresses have them all.
  const known = new LRUCache<string, boolean>({ max: REMEMBERED });

  function isProxy(socketAddress: string): boolean {
    if (trustedProxies.length === 0) return false;
    let is = known.get(socketAddress);
    if (is === undefined) {
      is = proxies.has(socketAddress);
      known.set(socketAddress, is);
    }
    return is;
  }

  return {
    isProxy,
    peerOf(socketAddress, headers) {
      if (!isProxy(socketAddress)) return socketAddress;
      const hops = (headers[name] ?? '').split(',');
      for (let index = hops.length - 1; index >= 0; index -= 1) {
        const address = addressOf((hops[index] as string).trim());
        if (address === undefined) break;
        if (!proxies.has(address)) return address;
      }
      return undefined;
    },
  };
}

/** `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1` and `[2001:db8::1]:443` name an address; undefined for anything else. */
function addressOf(text: string): string | undefined {
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? undefined : bare;
}
