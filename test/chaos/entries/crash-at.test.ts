import { afterEach, expect, it, vi } from 'vitest';
import { crashAt } from './crash-at.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('kills the process at the n-th pass of its point and at no other', () => {
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
  const pass = crashAt('before-commit:3');
  for (const point of ['before-commit', 'after-commit', 'before-commit', 'after-commit'] as const) pass(point);
  expect(kill).not.toHaveBeenCalled();
  pass('before-commit');
  expect(kill).toHaveBeenCalledExactlyOnceWith(process.pid, 'SIGKILL');
});

it('never kills where nothing is named', () => {
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
  crashAt(undefined)('before-commit');
  expect(kill).not.toHaveBeenCalled();
});

it('refuses what is no point with a number', () => {
  expect(() => crashAt('before-commit')).toThrow(/<point>:<nth>/);
  expect(() => crashAt('before-commit:0')).toThrow(RangeError);
});
