import { expect, it } from 'vitest';
import { release } from './linger.ts';

it('gives the memory of a whole block back, and leaves alone a part of a block that others may use', () => {
  const whole = Buffer.from(new ArrayBuffer(65_536));
  release(whole);
  expect(whole.length).toBe(0);
  const part = Buffer.from(new ArrayBuffer(65_536), 0, 100);
  release(part);
  expect(part.length).toBe(100);
});
