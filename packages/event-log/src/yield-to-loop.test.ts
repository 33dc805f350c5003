import { expect, it } from 'vitest';
import { createYield } from './yield-to-loop.ts';

it('waits for nothing until 5 ms of computing have passed, then lets the event loop run', async () => {
  let now = 0;
  const rest = createYield(() => now);
  now = 4;
  expect(rest()).toBeUndefined();
  now = 5;
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  await rest();
  expect(turned).toBe(true);
  expect(rest()).toBeUndefined();
});

it('makes all that compute wait for the same turn of the event loop', async () => {
  let now = 0;
  const rest = createYield(() => now);
  now = 5;
  const first = rest();
  now = 1;
  expect(rest()).toBe(first);
  await first;
  expect(rest()).toBeUndefined();
});
