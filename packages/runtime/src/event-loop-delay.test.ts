import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { measureEventLoopDelay } from './event-loop-delay.ts';

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

it('has a block of 1 s as the maximum of its window, but not in the median', async () => {
  const read = measureEventLoopDelay({ minWindowMs: 0 });
  await delay(50);
  block(1_000);
  await delay(500);
  const { p50, max } = read();
  expect(max).toBeGreaterThan(0.9);
  expect(p50).toBeLessThan(0.9);
});

it('starts a window with each read, so that the maximum of the last one is not repeated', async () => {
  const read = measureEventLoopDelay({ minWindowMs: 0 });
  await delay(50);
  block(2_000);
  await delay(50);
  expect(read().max).toBeGreaterThan(1.9);
  await delay(50);
  expect(read().max).toBeLessThan(1.9);
});

it('gives a read within 5 s of the last one the same window', async () => {
  let now = 0;
  const read = measureEventLoopDelay({ monotonic: () => now });
  await delay(50);
  block(2_000);
  await delay(50);
  now = 4_999;
  expect([read().max, read().max].map((max) => max > 1.9)).toEqual([true, true]);
  now = 5_000;
  read();
  await delay(50);
  expect(read().max).toBeLessThan(1.9);
});
