import { expect, it } from 'vitest';
import { createReadiness } from './readiness.ts';

it('is not ready before the start, reports every missing condition, and is never ready again once it drains', () => {
  const readiness = createReadiness();
  expect(readiness.missing()).toEqual(['the service is starting']);
  const missing = { one: ['one'], other: ['other'] };
  readiness.require(() => missing.one);
  readiness.require(() => missing.other);
  expect(readiness.missing()).toEqual(['one', 'other']);
  readiness.started();
  missing.one = [];
  expect(readiness.missing()).toEqual(['other']);
  missing.other = [];
  expect(readiness.missing()).toEqual([]);
  readiness.drain();
  expect(readiness.missing()).toEqual(['the service is stopping']);
  readiness.started();
  expect(readiness.missing()).toEqual(['the service is stopping']);
});
