import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from './entry.ts';
import { createLane } from './lane.ts';

const KIB = 1024;

function entry(bytes: number, alone = false): Entry {
  return {
    topic: 't',
    key: Buffer.alloc(0),
    partition: undefined,
    record: { key: null, value: null, headers: [], timestamp: 0 },
    bytes,
    sent: false,
    alone,
    lane: undefined,
    answered: false,
    finished: false,
    answer: () => undefined,
  };
}

describe('createLane', () => {
  it('gives every record out once, in order, in batches within both limits unless one record is larger', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 * KIB }), { maxLength: 60 }), (sizes) => {
        const lane = createLane('t', 0);
        const entries = sizes.map((bytes) => entry(bytes));
        for (const each of entries) lane.add(each);
        const taken: Entry[] = [];
        while (!lane.empty()) {
          const batch = lane.take();
          const bytes = batch.reduce((sum, each) => sum + each.bytes, 0);
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length === 1 || bytes <= 255 * KIB).toBe(true);
          taken.push(...batch);
        }
        expect(taken).toEqual(entries);
      }),
    );
  });

  it('takes 500 records at most', () => {
    const lane = createLane('t', 0);
    for (let count = 0; count < 501; count += 1) lane.add(entry(10));
    expect(lane.full()).toBe(true);
    expect(lane.take()).toHaveLength(500);
    expect(lane.full()).toBe(false);
  });

  it('gives out what was put back before the rest', () => {
    const lane = createLane('t', 0);
    const [first, second] = [entry(1), entry(2)];
    lane.add(first);
    const taken = lane.take();
    lane.add(second);
    lane.putBack(taken);
    expect(lane.take()).toEqual([first, second]);
  });

  it('leaves out what was removed', () => {
    const lane = createLane('t', 0);
    const [first, second] = [entry(600 * KIB), entry(2)];
    lane.add(first);
    lane.add(second);
    lane.remove(first);
    expect(lane.full()).toBe(false);
    expect(lane.take()).toEqual([second]);
  });

  it('gives a record that shall be alone a batch of its own', () => {
    const lane = createLane('t', 0);
    const records = [entry(1), entry(1, true), entry(1, true), entry(1)];
    for (const each of records) lane.add(each);
    expect([lane.take(), lane.take(), lane.take(), lane.take()]).toEqual(records.map((each) => [each]));
  });
});
