import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createProgress } from './progress.ts';

it('knows which stages a delivery has passed', () => {
  const progress = createProgress(10);
  expect(progress.passed('d', { attempts: 0, deferrals: 0 })).toBe(false);
  progress.reached('d', { attempts: 1, deferrals: 2 });
  expect(progress.passed('d', { attempts: 0, deferrals: 9 })).toBe(true);
  expect(progress.passed('d', { attempts: 1, deferrals: 1 })).toBe(true);
  expect(progress.passed('d', { attempts: 1, deferrals: 2 })).toBe(false);
  expect(progress.passed('d', { attempts: 2, deferrals: 0 })).toBe(false);
  progress.reached('d', 'ended');
  expect(progress.passed('d', { attempts: 9, deferrals: 9 })).toBe(true);
});

it('remembers exactly the newest 1,000 of 30,000, of which some come again', () => {
  const progress = createProgress(1_000);
  const newest = new Map<number, true>();
  for (let index = 0; index < 30_000; index++) {
    const key = (index * 7_919) % 2_503 < 900 ? (index * 31) % 1_700 : 10_000 + index;
    newest.delete(key);
    newest.set(key, true);
    progress.reached(String(key), 'ended');
  }
  const keys = [...newest.keys()].toReversed();
  for (const [age, key] of keys.entries()) expect(progress.passed(String(key), { attempts: 0, deferrals: 0 })).toBe(age < 1_000);
});

it('remembers the newest deliveries up to its capacity', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 8 }),
      (keys, capacity) => {
        const progress = createProgress(capacity);
        for (const key of keys) progress.reached(String(key), 'ended');
        const newest = [...new Set(keys.toReversed())];
        for (const [age, key] of newest.entries()) expect(progress.passed(String(key), { attempts: 0, deferrals: 0 })).toBe(age < capacity);
      },
    ),
  );
});
