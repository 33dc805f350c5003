import { describe, expect, it } from 'vitest';
import { createReadState } from './read-state.ts';

const start = (partition: number, offset: bigint, end: bigint) => ({ topic: 't', partition, offset, end });

async function caughtUp(state: { caughtUp: Promise<void> }): Promise<boolean> {
  return await Promise.race([state.caughtUp.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
}

describe('read state', () => {
  it('has caught up when every partition has reached the end it had', async () => {
    const state = createReadState([start(0, 0n, 5n), start(1, 3n, 3n), start(2, 1n, 2n)]);
    expect(await caughtUp(state)).toBe(false);
    state.advance({ topic: 't', partition: 0, offset: 4n });
    state.advance({ topic: 't', partition: 2, offset: 9n });
    expect(await caughtUp(state)).toBe(false);
    state.advance({ topic: 't', partition: 0, offset: 5n });
    expect(await caughtUp(state)).toBe(true);
  });

  it('has caught up at once without partitions', async () => {
    expect(await caughtUp(createReadState([]))).toBe(true);
  });
});
