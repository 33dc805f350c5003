import { BlockList, isIP } from 'node:net';

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

/** A set of address ranges. */
export interface CidrSet {
  /** Whether a literal address is in one of the ranges; false for text that is no address. */
  has(address: string): boolean;
}

/** The ranges of CIDR texts. Throws RangeError for a text that is no range: check it with `readCidr` where it is configured. */
export function createCidrSet(texts: readonly string[]): CidrSet {
  // A look into a `BlockList` makes a native object of the address.
  if (texts.length === 0) return { has: () => false };
  const list = new BlockList();
  for (const text of texts) {
    const cidr = readCidr(text);
    if (cidr === undefined) throw new RangeError(`${JSON.stringify(text)} must be a CIDR range, for example 10.0.0.0/8`);
    list.addSubnet(cidr.network, cidr.prefix, cidr.family);
  }
  return {
    has: (address) => {
      const version = isIP(address);
      return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
    },
  };
}
