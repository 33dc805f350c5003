import { expect, it } from 'vitest';
import { headerValues, soleHeader } from './header-values.ts';

const rawHeaders = ['Authorization', 'Bearer a', 'X-A', 'authorization', 'AUTHORIZATION', 'Bearer b'];

it('gives every value of a header in any letter case, and no value that looks like its name', () => {
  expect(headerValues({ rawHeaders }, 'authorization')).toEqual(['Bearer a', 'Bearer b']);
  expect(headerValues({ rawHeaders }, 'x-b')).toEqual([]);
});

it('has a sole value only for a header that was sent once', () => {
  expect(['authorization', 'x-a', 'x-b'].map((name) => soleHeader({ rawHeaders }, name))).toEqual([undefined, 'authorization', undefined]);
});
