import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createBoundedMap } from './bounded-map.ts';

/** What the map promises, said with the order of a `Map`. */
function createModel(max: number) {
  const entries = new Map<number, number>();
  const renew = (key: number, value: number) => {
    entries.delete(key);
    entries.set(key, value);
  };
  return {
    use(key: number) {
      const value = entries.get(key);
      if (value !== undefined) renew(key, value);
      return value;
    },
    set(key: number, value: number) {
      renew(key, value);
      const [oldest] = entries.keys();
      if (entries.size > max && oldest !== undefined) entries.delete(oldest);
    },
    get: (key: number) => entries.get(key),
    size: () => entries.size,
  };
}

const keys = fc.nat({ max: 9 });
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('set' as const), key: keys, value: fc.nat() }),
    fc.record({ kind: fc.constantFrom('get' as const, 'use' as const), key: keys }),
  ),
  { maxLength: 100 },
);

describe('createBoundedMap', () => {
  it('of 3 removes the entry that was set or used longest ago for a fourth one; `get` does not make an entry newer', () => {
    const map = createBoundedMap<string, number>(3);
    for (const [index, key] of ['a', 'b', 'c'].entries()) map.set(key, index);
    map.get('a');
    map.use('b');
    map.set('c', 20);
    const left = (key: string) => {
      map.set(key, 0);
      return ['a', 'b', 'c', 'd', 'e', 'f'].filter(map.has);
    };
    expect([left('d'), left('e'), left('f')]).toEqual([
      ['b', 'c', 'd'],
      ['c', 'd', 'e'],
      ['d', 'e', 'f'],
    ]);
  });

  it('of any size holds after each of 100 steps what a map in order of use holds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), steps, (max, all) => {
        const map = createBoundedMap<number, number>(max);
        const model = createModel(max);
        for (const step of all) {
          if (step.kind === 'set') {
            map.set(step.key, step.value);
            model.set(step.key, step.value);
          } else expect(map[step.kind](step.key)).toBe(model[step.kind](step.key));
          expect(map.size()).toBe(model.size());
          for (let key = 0; key < 10; key += 1) expect(map.get(key)).toBe(model.get(key));
        }
      }),
    );
  });

  it('removes 1,000 entries without an iterator over the holes that removed ones left', () => {
    const keysOf = vi.spyOn(Map.prototype, 'keys');
    const map = createBoundedMap<number, number>(1_000);
    for (let key = 0; key < 2_000; key += 1) map.set(key, key);
    const made = keysOf.mock.contexts.filter((of) => (of as Map<unknown, unknown>).size >= 1_000).length;
    keysOf.mockRestore();
    expect([made, map.size(), map.has(999), map.has(1_000)]).toEqual([0, 1_000, false, true]);
  });
});
