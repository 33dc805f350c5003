import { describe, expect, it } from 'vitest';
import type { Fetched } from './fetch-partitions.ts';
import { createReadState } from './read-state.ts';

const start = (partition: number, offset: bigint, end: bigint) => ({ topic: 't', partition, offset, end });
const fetched = (partition: number, next: bigint, withheld = false): Fetched => ({ topic: 't', partition, next, withheld, records: [] });

async function caughtUp(state: { caughtUp: Promise<void> }): Promise<boolean> {
  return await Promise.race([state.caughtUp.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
}

describe('read state', () => {
  it('has caught up when every partition has reached the end it had', async () => {
    const state = createReadState([start(0, 0n, 5n), start(1, 3n, 3n), start(2, 1n, 2n)]);
    expect(await caughtUp(state)).toBe(false);
    state.advance(fetched(0, 5n), false);
    expect(await caughtUp(state)).toBe(false);
    state.advance(fetched(2, 9n), false);
    expect(await caughtUp(state)).toBe(true);
    expect(await caughtUp(createReadState([]))).toBe(true);
  });

  it('lets one caller at a time hold a partition', () => {
    const state = createReadState([start(0, 0n, 5n), start(1, 0n, 5n)]);
    const all = state.all();
    expect(state.take(all)).toHaveLength(2);
    expect(state.take(all)).toEqual([]);
    state.release(all.slice(1));
    expect(state.take(all)).toEqual([{ topic: 't', partition: 1, offset: 0n }]);
  });

  it('asks alone for a partition that got nothing, and steps over an offset that holds nothing even then', () => {
    const state = createReadState([start(0, 4n, 9n), start(1, 0n, 9n)]);
    const all = state.all();
    state.take(all);
    state.advance(fetched(0, 4n, true), false);
    state.release(all);
    expect(state.take(state.all())).toEqual([{ topic: 't', partition: 0, offset: 4n }]);
    state.advance(fetched(0, 4n, true), true);
    state.release(all);
    expect(state.take(state.all())).toEqual([
      { topic: 't', partition: 0, offset: 5n },
      { topic: 't', partition: 1, offset: 0n },
    ]);
  });

  it('is raised to where the log begins, never lowered', () => {
    const state = createReadState([start(0, 4n, 9n), start(1, 8n, 9n)]);
    state.raiseTo(
      new Map([
        ['t/0', { topic: 't', partition: 0, offset: 6n }],
        ['t/1', { topic: 't', partition: 1, offset: 6n }],
      ]),
    );
    expect(state.all().map(({ offset }) => offset)).toEqual([6n, 8n]);
  });
});
