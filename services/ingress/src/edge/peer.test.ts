import { describe, expect, it } from 'vitest';
import { createPeers } from './peer.ts';

const peers = createPeers({ trustedProxies: ['10.0.0.0/8', 'fd00::/8'], header: 'X-Forwarded-For' });
const behind = (value: string, socket = '10.0.0.1') => peers.peerOf(socket, { 'x-forwarded-for': value });

describe('the peer of a request', () => {
  it('is the address of its socket and not that of its headers, unless the socket is of a trusted proxy', () => {
    expect(behind('198.51.100.1', '192.0.2.1')).toBe('192.0.2.1');
    expect([peers.isProxy('192.0.2.1'), peers.isProxy('10.9.9.9'), peers.isProxy('::ffff:10.9.9.9')]).toEqual([false, true, true]);
  });

  it.each([
    ['the only address', '198.51.100.1', '198.51.100.1'],
    ['the right-most one, not what the client wrote before it', '203.0.113.66, 198.51.100.1', '198.51.100.1'],
    ['the right-most one that is not a trusted proxy', '203.0.113.66, 198.51.100.1, 10.0.0.7,fd00::1', '198.51.100.1'],
    ['an address with a port', '198.51.100.1:5123', '198.51.100.1'],
    ['an IPv6 address', '2001:db8::1', '2001:db8::1'],
    ['an IPv6 address with a port', '[2001:db8::1]:443', '2001:db8::1'],
    ['unknown where the header is empty', '', undefined],
    ['unknown where the header names only proxies', '10.0.0.7', undefined],
    ['unknown where the right-most item is not an address', '198.51.100.1, unknown', undefined],
  ])('behind a trusted proxy is %s', (_, header, peer) => {
    expect(behind(header)).toBe(peer);
  });

  it('is unknown behind a trusted proxy that sends no header', () => {
    expect(peers.peerOf('10.0.0.1', {})).toBeUndefined();
  });
});
