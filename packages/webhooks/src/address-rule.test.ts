import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { createAddressRule, literalAddress } from './address-rule.ts';

/** One address or more of every entry of the IANA special-purpose registries, and of the forms that embed an IPv4 address. */
const special: readonly (readonly [range: string, address: string])[] = [
  ['this host', '0.0.0.0'],
  ['this network', '0.1.2.3'],
  ['private use 10/8', '10.0.0.1'],
  ['private use 10/8, last', '10.255.255.255'],
  ['shared address space', '100.64.0.1'],
  ['shared address space, last', '100.127.255.255'],
  ['loopback', '127.0.0.1'],
  ['loopback, far end', '127.255.255.254'],
  ['link-local', '169.254.0.1'],
  ['cloud metadata', '169.254.169.254'],
  ['private use 172.16/12', '172.16.0.1'],
  ['private use 172.16/12, last', '172.31.255.255'],
  ['IETF assignments', '192.0.0.1'],
  ['DS-Lite', '192.0.0.7'],
  ['IPv4 dummy', '192.0.0.8'],
  ['PCP anycast', '192.0.0.9'],
  ['TURN anycast', '192.0.0.10'],
  ['NAT64 discovery', '192.0.0.170'],
  ['documentation TEST-NET-1', '192.0.2.1'],
  ['AS112 v4', '192.31.196.1'],
  ['AMT', '192.52.193.1'],
  ['6to4 relay anycast', '192.88.99.1'],
  ['private use 192.168/16', '192.168.1.1'],
  ['direct delegation AS112', '192.175.48.1'],
  ['benchmarking', '198.18.0.1'],
  ['benchmarking, last', '198.19.255.255'],
  ['documentation TEST-NET-2', '198.51.100.1'],
  ['documentation TEST-NET-3', '203.0.113.1'],
  ['multicast', '224.0.0.1'],
  ['multicast, administratively scoped', '239.255.255.250'],
  ['reserved', '240.0.0.1'],
  ['limited broadcast', '255.255.255.255'],
  ['unspecified v6', '::'],
  ['loopback v6', '::1'],
  ['IPv4-compatible loopback', '::127.0.0.1'],
  ['IPv4-compatible loopback in hexadecimal', '::7f00:1'],
  ['IPv4-compatible private in hexadecimal', '::a00:1'],
  ['IPv4-mapped loopback', '::ffff:127.0.0.1'],
  ['IPv4-mapped metadata', '::ffff:a9fe:a9fe'],
  ['IPv4-mapped public', '::ffff:8.8.8.8'],
  ['IPv4-translated loopback', '::ffff:0:127.0.0.1'],
  ['NAT64 of metadata', '64:ff9b::a9fe:a9fe'],
  ['NAT64 of a public address', '64:ff9b::808:808'],
  ['local NAT64', '64:ff9b:1::1'],
  ['discard-only', '100::1'],
  ['dummy v6 prefix', '100:0:0:1::1'],
  ['IETF protocol assignments v6', '2001::1'],
  ['Teredo of loopback', '2001:0:7f00:1::'],
  ['PCP anycast v6', '2001:1::1'],
  ['benchmarking v6', '2001:2::1'],
  ['AMT v6', '2001:3::1'],
  ['AS112 v6', '2001:4:112::1'],
  ['ORCHID', '2001:10::1'],
  ['ORCHIDv2', '2001:20::1'],
  ['drone remote id', '2001:30::1'],
  ['documentation v6', '2001:db8::1'],
  ['6to4 of loopback', '2002:7f00:1::1'],
  ['6to4 of a public address', '2002:808:808::1'],
  ['direct delegation AS112 v6', '2620:4f:8000::1'],
  ['documentation 3fff', '3fff::1'],
  ['segment routing', '5f00::1'],
  ['unique local', 'fc00::1'],
  ['unique local, fd', 'fd12:3456:789a::1'],
  ['link-local v6', 'fe80::1'],
  ['link-local v6 with zone', 'fe80::1%lo'],
  ['site-local', 'fec0::1'],
  ['multicast v6', 'ff02::1'],
];

const reachable = [
  '8.8.8.8',
  '1.1.1.1',
  '100.63.255.255',
  '100.128.0.1',
  '172.32.0.1',
  '192.0.1.1',
  '198.20.0.1',
  '223.255.255.254',
  '2606:4700:4700::1111',
  '2a00:1450:4001::1',
  '2001:4860:4860::8888',
  '2400:cb00::1',
];

describe('the address rule', () => {
  const rule = createAddressRule();

  it.each(special)('refuses %s', (_range, address) => {
    expect(rule.admits(address)).toBe(false);
  });

  it.each(reachable)('admits %s', (address) => {
    expect(rule.admits(address)).toBe(true);
  });

  it.each(['', 'localhost', 'example.com', '127.1', '0x7f000001', '2130706433', '[::1]', '1.2.3.4 ', '1.2.3.4/32'])(
    'refuses %j, which is no address',
    (text) => {
      expect(rule.admits(text)).toBe(false);
    },
  );

  it('refuses whatever the second opinion does not call unicast', () => {
    for (const [, address] of special) {
      const plain = address.split('%', 1)[0] ?? '';
      if (ipaddr.process(plain).range() !== 'unicast') expect(rule.admits(address), address).toBe(false);
    }
    for (const address of reachable) expect(ipaddr.process(address).range(), address).toBe('unicast');
  });

  it('admits no random address that the second opinion does not call unicast', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        if (rule.admits(address)) expect(ipaddr.parse(address).range()).toBe('unicast');
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("the operator's own ranges", () => {
  it('are admitted besides, and only they', () => {
    const rule = createAddressRule(['127.0.0.0/8', '::1', 'fd00:1::/32']);
    expect(['127.0.0.1', '127.9.9.9', '::1', 'fd00:1::5', '8.8.8.8'].map(rule.admits)).toEqual([true, true, true, true, true]);
    expect(['10.0.0.1', '::2', 'fd00:2::5', '169.254.169.254'].map(rule.admits)).toEqual([false, false, false, false]);
  });
});

describe('a host name', () => {
  it.each([
    ['https://127.0.0.1/', '127.0.0.1'],
    ['https://0177.0.0.1/', '127.0.0.1'],
    ['https://2130706433/', '127.0.0.1'],
    ['https://0x7f.1/', '127.0.0.1'],
    ['https://127.1/', '127.0.0.1'],
    ['https://①②⑦.⓪.⓪.①/', '127.0.0.1'],
    ['https://127.0.0.1./', '127.0.0.1'],
    ['https://[::1]/', '::1'],
    ['https://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
    ['https://example.com/', undefined],
    ['https://127.0.0.1.example.com/', undefined],
  ])('of %s is the literal address %s', (url, address) => {
    expect(literalAddress(new URL(url).hostname)).toBe(address);
  });
});
