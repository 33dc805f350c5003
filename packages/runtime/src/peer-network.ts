import { isIPv4, isIPv6, SocketAddress } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The network that limits of one peer count for: an IPv4 address, or the /64 of an IPv6 address, all of which one host may
 * use. An IPv4-mapped address counts as the IPv4 address. Text that is not an address is returned as it is.
 */
export function peerNetwork(address: string): string {
  const mapped = MAPPED.exec(address)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  const [plain = ''] = address.split('%', 1);
  if (!isIPv6(plain)) return address;
  // Normalized first, so that every spelling of an address is in the same network.
  const normal = new SocketAddress({ address: plain, family: 'ipv6' }).address;
  const [head = '', tail] = normal.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').flatMap((group) => (group.includes('.') ? [group, ''] : [group])));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
  return `${all.slice(0, 4).join(':')}::/64`;
}
