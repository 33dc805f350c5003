import { describe, expect, it } from 'vitest';
import { createCidrSet, readCidr } from './cidr.ts';

describe('createCidrSet', () => {
  it('holds the addresses of its ranges, IPv4 ones in their IPv6-mapped form too, and no others', () => {
    const set = createCidrSet(['10.0.0.0/8', '192.0.2.7', 'fd00:1::/32']);
    const inside = ['10.255.0.1', '192.0.2.7', 'fd00:1::5', '::ffff:10.0.0.1'];
    const outside = ['11.0.0.1', '192.0.2.8', 'fd00:2::5', '::ffff:11.0.0.1', '::1', 'host', ''];
    expect([inside.map(set.has), outside.map(set.has)]).toEqual([inside.map(() => true), outside.map(() => false)]);
  });

  it.each(['', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0/8', 'host/8', '::/129', 'fe80::1%lo/64'])('refuses %j', (text) => {
    expect(readCidr(text)).toBeUndefined();
    expect(() => createCidrSet([text])).toThrow(RangeError);
  });
});
