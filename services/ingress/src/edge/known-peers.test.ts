import { expect, it } from 'vitest';
import { createKnownPeers } from './known-peers.ts';

it('knows the network of a peer for an hour after its last authenticated request', () => {
  let now = 0;
  const peers = createKnownPeers(() => now);
  peers.remember('2001:db8::1');
  expect(['2001:db8::2', '2001:db8:0:1::1', '192.0.2.1'].map(peers.has)).toEqual([true, false, false]);
  now = 3_000_000;
  peers.remember('2001:db8::3');
  now = 6_000_000;
  expect(peers.has('2001:db8::1')).toBe(true);
  now = 6_600_000;
  expect(peers.has('2001:db8::1')).toBe(false);
});

it('forgets the peer heard of longest ago at 10,001 peers', () => {
  const peers = createKnownPeers(() => 0);
  for (let peer = 0; peer <= 10_000; peer += 1) peers.remember(`10.0.${peer >> 8}.${peer & 255}`);
  expect(['10.0.0.0', '10.0.0.1'].map(peers.has)).toEqual([false, true]);
});
