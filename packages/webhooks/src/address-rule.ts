import { isIP } from 'node:net';
import { createCidrSet } from '@switchboard/runtime';

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

const refused = createCidrSet([...refusedIpv4, ...refusedGlobalUnicast]);
const unicast = createCidrSet([globalUnicast]);

function isPublic(address: string): boolean {
  if (isIP(address) === 4) return !refused.has(address);
  return unicast.has(address) && !refused.has(address);
}

/** The rule, with the operator's own ranges (CIDR texts) admitted besides. Throws RangeError for a text that is no range. */
export function createAddressRule(allow: readonly string[] = []): AddressRule {
  const allowed = createCidrSet(allow);
  return {
    admits: (address) => {
      if (isIP(address) === 0 || address.includes('%')) return false;
      return isPublic(address) || allowed.has(address);
    },
  };
}

/** The address in a URL's hostname, without brackets; undefined where it is a name. */
export function literalAddress(hostname: string): string | undefined {
  const text = hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname;
  return isIP(text) === 0 ? undefined : text;
}
