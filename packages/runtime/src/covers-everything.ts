import type { Cidr } from './cidr.ts';
import { ipv6Groups } from './peer-network.ts';

interface Range {
  readonly first: bigint;
  /** One more than the last. */
  readonly end: bigint;
}

const IPV4_BITS = 32n;
const IPV6_BITS = 128n;
/** ::ffff:0:0/96, in which an IPv6 range admits IPv4 addresses. */
const MAPPED_FIRST = 0xffff_0000_0000n;
const IPV4_SIZE = 1n << IPV4_BITS;

function numberOf({ network, family }: Cidr): bigint {
  const [parts, width] = family === 'ipv4' ? [network.split('.').map(Number), 8n] : [ipv6Groups(network) ?? [], 16n];
  return parts.reduce((sum, part) => (sum << width) | BigInt(part), 0n);
}

function rangeOf(cidr: Cidr): Range {
  const hostBits = (cidr.family === 'ipv4' ? IPV4_BITS : IPV6_BITS) - BigInt(cidr.prefix);
  const first = (numberOf(cidr) >> hostBits) << hostBits;
  return { first, end: first + (1n << hostBits) };
}

function covers(ranges: readonly Range[], size: bigint): boolean {
  let covered = 0n;
  for (const { first, end } of ranges.toSorted((one, other) => (one.first < other.first ? -1 : 1))) {
    if (first > covered) return false;
    if (end > covered) covered = end;
  }
  return covered >= size;
}

/** True if the ranges together have every IPv4 address or every IPv6 address, in one range or in several. */
export function coversEverything(cidrs: readonly Cidr[]): boolean {
  const ipv6 = cidrs.filter(({ family }) => family === 'ipv6').map(rangeOf);
  const mapped = ipv6.map(({ first, end }) => ({ first: first - MAPPED_FIRST, end: end - MAPPED_FIRST }));
  const ipv4 = [...cidrs.filter(({ family }) => family === 'ipv4').map(rangeOf), ...mapped.filter(({ end }) => end > 0n)];
  return covers(ipv4, IPV4_SIZE) || covers(ipv6, 1n << IPV6_BITS);
}
