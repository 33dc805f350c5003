import { expect, it } from 'vitest';
import { rateAt, sendingMs } from './ramp.ts';

it('grows to the rate and stays there', () => {
  expect(rateAt(0, 100)).toBe(5);
  expect(rateAt(10_000, 100)).toBeCloseTo(52.5);
  expect(rateAt(20_000, 100)).toBe(100);
  expect(rateAt(90_000, 100)).toBe(100);
});

it('knows how long a load takes', () => {
  const [ms, rate] = [sendingMs(8_000, 100), 100];
  let sent = 0;
  for (let at = 0; at < ms; at += 10) sent += rateAt(at, rate) / 100;
  expect(Math.abs(sent - 8_000)).toBeLessThan(10);
});
