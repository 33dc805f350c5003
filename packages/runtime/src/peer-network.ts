import { isIPv4, isIPv6, SocketAddress } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** The 8 groups of an IPv6 address, 16 bits each, however it is written; undefined if the text is not one. */
export function ipv6Groups(address: string): readonly number[] | undefined {
  if (!isIPv6(address) || address.includes('%')) return undefined;
  // Normal form: no leading zeros, one `::` at most, and an IPv4 address at the end in a few special ranges.
  const normal = new SocketAddress({ address, family: 'ipv6' }).address;
  const [head = [], tail] = normal.split('::').map(groupsOf);
  if (tail === undefined) return [...head];
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/**
 * The network that limits of one peer count for: an IPv4 address, or the /64 of an IPv6 address, all of which one host may
 * use. An IPv4-mapped address counts as the IPv4 address. Text that is not an address is returned as it is.
 */
export function peerNetwork(address: string): string {
  // Asked for each request: an IPv4 address, as most are, needs no pattern.
  if (!address.includes(':')) return address;
  const mapped = MAPPED.exec(address)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  const groups = ipv6Groups(address.replace(/%.*$/, ''));
  if (groups === undefined) return address;
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(':')}::/64`;
}
