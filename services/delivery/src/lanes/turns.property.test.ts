import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTurns } from './turns.ts';

type Group = 'one' | 'two';
const GROUPS: readonly Group[] = ['one', 'two'];
const all = () => true;

it('of k flows that have items, each has one of any k turns that follow each other, whatever the number of items', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }), (sizes) => {
      const turns = createTurns<string, Group>(GROUPS);
      for (const [flow, size] of sizes.entries()) {
        for (let n = 0; n < size; n++) turns.put(`${flow}:${n}`, `${flow}`, GROUPS[n % 2] as Group);
      }
      const served: string[] = [];
      for (let n = 0; n < 5 * sizes.length; n++) {
        const turn = turns.next(all);
        if (turn === undefined) throw new Error('no turn although items wait');
        served.push(turn.flow);
        turns.served(turn.flow);
        turns.remove(turn.item);
        turns.put(turn.item, turn.flow, turn.group);
      }
      for (let at = 0; at + sizes.length <= served.length; at++) {
        expect(new Set(served.slice(at, at + sizes.length)).size).toBe(sizes.length);
      }
    }),
  );
});

it('of the n items of a flow, each has one of any n turns of the flow that follow each other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 5 }), (size, others) => {
      const turns = createTurns<string, Group>(GROUPS);
      for (let n = 0; n < size; n++) turns.put(`item ${n}`, 'flow', GROUPS[n % 2] as Group);
      for (let n = 0; n < others; n++) turns.put(`other ${n}`, `other ${n}`, 'one');
      const items: string[] = [];
      while (items.length < 4 * size) {
        const turn = turns.next(all);
        if (turn === undefined) throw new Error('no turn although items wait');
        if (turn.flow === 'flow') items.push(turn.item);
        turns.served(turn.flow);
        turns.remove(turn.item);
        turns.put(turn.item, turn.flow, turn.group);
      }
      for (let at = 0; at + size <= items.length; at++) expect(new Set(items.slice(at, at + size)).size).toBe(size);
    }),
  );
});

const operation = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), item: fc.nat(5), flow: fc.nat(3), group: fc.constantFrom(...GROUPS) }),
  fc.record({ kind: fc.constant('remove' as const), item: fc.nat(5) }),
  fc.record({ kind: fc.constant('served' as const), flow: fc.nat(3) }),
);

it('gives every item that was put and not removed a turn in its group, whatever was done before, and no other item', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const turns = createTurns<number, Group>(GROUPS);
      const waiting = new Map<number, Group>();
      for (const one of operations) {
        if (one.kind === 'put') {
          turns.put(one.item, `${one.flow}`, one.group);
          waiting.set(one.item, one.group);
        } else if (one.kind === 'remove') {
          expect(turns.remove(one.item).length > 0).toBe(waiting.delete(one.item));
        } else {
          turns.served(`${one.flow}`);
        }
      }
      expect(turns.size).toBe(waiting.size);
      for (const group of GROUPS) {
        const found = new Set<number>();
        for (let turn = turns.next((each) => each === group); turn !== undefined; turn = turns.next((each) => each === group)) {
          found.add(turn.item);
          turns.remove(turn.item);
        }
        expect(found).toEqual(new Set([...waiting].flatMap(([item, of]) => (of === group ? [item] : []))));
      }
      expect(turns.size).toBe(0);
    }),
    { numRuns: 300 },
  );
});

it('gives an item with places in two flows the turn of the one that comes first, and takes it out of both', () => {
  const turns = createTurns<string, Group>(GROUPS);
  for (let n = 0; n < 1_000; n++) turns.put(`lane ${n}`, 'large', 'one');
  turns.put('lane 999', 'small', 'one');
  turns.put('lane 999', 'smaller', 'one');
  turns.served('large');
  expect(turns.next(all)).toMatchObject({ item: 'lane 999', flow: 'smaller' });
  expect(turns.remove('lane 999')).toEqual(['large', 'smaller']);
  expect(turns.next(all)).toMatchObject({ item: 'lane 0', flow: 'large' });
});
