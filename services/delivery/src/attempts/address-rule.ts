import { BlockList, isIP } from 'node:net';

/**
 * Which addresses may be connected to. It is an allow-list: of IPv6 only global unicast, of both families no range that
 * the IANA special-purpose registries set apart. A list of what is refused would leak with every new transition scheme.
 */
export interface AddressRule {
  /** True when the literal may be connected to; false for everything else, also for text that is no address. */
  admits(address: string): boolean;
}

const refusedIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
const globalUnicast = '2000::/3';
const refusedGlobalUnicast = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '2620:4f:8000::/48'];

export interface Cidr {
  readonly network: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Reads `address/prefix`, or a single address; undefined when it is neither. */
export function readCidr(text: string): Cidr | undefined {
  const [network = '', prefixText, ...rest] = text.split('/');
  const version = isIP(network);
  if (version === 0 || network.includes('%') || rest.length > 0) return undefined;
  const bits = version === 4 ? 32 : 128;
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return undefined;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  return prefix <= bits ? { network, prefix, family: version === 4 ? 'ipv4' : 'ipv6' } : undefined;
}

function blockList(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of cidrs) {
    const cidr = readCidr(text);
    if (cidr === undefined) throw new RangeError(`${JSON.stringify(text)} is no CIDR range`);
    list.addSubnet(cidr.network, cidr.prefix, cidr.family);
  }
  return list;
}

const refused = blockList([...refusedIpv4, ...refusedGlobalUnicast]);
const unicast = blockList([globalUnicast]);

function isPublic(address: string, version: number): boolean {
  if (version === 4) return !refused.check(address, 'ipv4');
  return unicast.check(address, 'ipv6') && !refused.check(address, 'ipv6');
}

/** The rule, with the operator's own ranges (CIDR texts) admitted besides. Throws RangeError for a text that is no range. */
export function createAddressRule(allow: readonly string[] = []): AddressRule {
  const allowed = blockList(allow);
  return {
    admits: (address) => {
      const version = isIP(address);
      if (version === 0 || address.includes('%')) return false;
      return isPublic(address, version) || allowed.check(address, version === 4 ? 'ipv4' : 'ipv6');
    },
  };
}

/** The address in a URL's hostname, without brackets; undefined where it is a name. */
export function literalAddress(hostname: string): string | undefined {
  const text = hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname;
  return isIP(text) === 0 ? undefined : text;
}
