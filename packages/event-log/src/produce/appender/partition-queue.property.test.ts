import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from './entry.ts';
import { createPartitionQueue } from './partition-queue.ts';

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
    queue: undefined,
    responded: false,
    finished: false,
    respond: () => undefined,
  };
}

describe('createPartitionQueue', () => {
  it('gives every record out once, in order, in batches within both limits unless one record is larger', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 * KIB }), { maxLength: 60 }), (sizes) => {
        const queue = createPartitionQueue('t', 0);
        const entries = sizes.map((bytes) => entry(bytes));
        for (const each of entries) queue.add(each);
        const taken: Entry[] = [];
        while (!queue.empty()) {
          const batch = queue.take();
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
    const queue = createPartitionQueue('t', 0);
    for (let count = 0; count < 501; count += 1) queue.add(entry(10));
    expect(queue.full()).toBe(true);
    expect(queue.take()).toHaveLength(500);
    expect(queue.full()).toBe(false);
  });

  it('takes what was put back before the rest', () => {
    const queue = createPartitionQueue('t', 0);
    const [first, second] = [entry(1), entry(2)];
    queue.add(first);
    const taken = queue.take();
    queue.add(second);
    queue.putBack(taken);
    expect(queue.take()).toEqual([first, second]);
  });

  it('leaves out what was removed', () => {
    const queue = createPartitionQueue('t', 0);
    const [first, second] = [entry(600 * KIB), entry(2)];
    queue.add(first);
    queue.add(second);
    queue.remove(first);
    expect(queue.full()).toBe(false);
    expect(queue.take()).toEqual([second]);
  });

  it('gives a record that has to be alone its own batch', () => {
    const queue = createPartitionQueue('t', 0);
    const records = [entry(1), entry(1, true), entry(1, true), entry(1)];
    for (const each of records) queue.add(each);
    expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual(records.map((each) => [each]));
  });
});
