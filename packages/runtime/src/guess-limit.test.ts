import { expect, it } from 'vitest';
import { createGuessLimit } from './guess-limit.ts';

it('allows 10 failures of a peer in 60 s and gives the seconds to wait for the next ones', () => {
  let now = 0;
  const limit = createGuessLimit({ monotonic: () => now });
  const first = Array.from({ length: 10 }, () => limit.failed('a'));
  expect(first).toEqual(Array(10).fill(undefined));
  expect(limit.failed('a')).toBe(60);
  now = 30_500;
  expect(limit.failed('a')).toBe(30);
  expect(limit.failed('b')).toBeUndefined();
  now = 60_000;
  expect(limit.failed('a')).toBeUndefined();
});

it('forgets the peer whose window started first when there are 10,001', () => {
  const limit = createGuessLimit({ monotonic: () => 0, maxFailures: 1 });
  for (let peer = 0; peer < 10_000; peer += 1) limit.failed(String(peer));
  expect([limit.failed('0'), limit.failed('9999')]).toEqual([60, 60]);
  limit.failed('one more');
  expect([limit.failed('9999'), limit.failed('0')]).toEqual([60, undefined]);
});
