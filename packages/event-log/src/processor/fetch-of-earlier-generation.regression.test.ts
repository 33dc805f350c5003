import { expect, it } from 'vitest';
import { record, setUpProcessing } from './testing/processing-rig.ts';

// A fetch of an earlier generation may arrive when a partition has been assigned again, and begin where that generation was. Taken
// for what follows, it leaves out the records between the committed offset and its first one.

function setUp({ committed = 0n } = {}) {
  const state = { logStartOffset: 0n, output: [] as bigint[], sought: [] as bigint[] };
  const rig = setUpProcessing({
    bounds: { maxRecords: 10 },
    process: ({ offset }) => {
      state.output.push(offset);
      return [];
    },
    logStartOffset: async () => state.logStartOffset,
    seek: (offset) => state.sought.push(offset),
  });
  rig.commit(rig.at(), committed);
  const offer = async (from: number, ...offsets: readonly number[]): Promise<boolean> => {
    const taken = rig.input().offer(
      offsets.map((offset) => record(offset)),
      BigInt(from),
    );
    await rig.clock.advance(100);
    return taken;
  };
  return { state, offer, committed: rig.committed };
}

it('goes back to the committed offset when the first fetch begins above it', async () => {
  const { state, offer, committed } = setUp({ committed: 4n });
  await offer(9, 9);
  expect([state.sought, state.output]).toEqual([[4n], []]);
  await offer(4, 4, 5, 9);
  expect([state.output, committed()]).toEqual([[4n, 5n, 9n], 10n]);
});

it('refuses a fetch that begins above what was read, as often as it comes', async () => {
  const { state, offer } = setUp();
  expect(await offer(0, 0, 1)).toBe(true);
  expect(await offer(7, 7)).toBe(false);
  expect(await offer(7, 7)).toBe(false);
  expect(await offer(2, 2, 7)).toBe(true);
  expect([state.sought, state.output]).toEqual([
    [2n, 2n],
    [0n, 1n, 2n, 7n],
  ]);
});

it('takes it when the log itself begins there', async () => {
  const { state, offer } = setUp();
  expect(await offer(0, 0, 1)).toBe(true);
  state.logStartOffset = 20n;
  expect(await offer(20, 20)).toBe(false);
  expect(await offer(20, 20)).toBe(true);
  expect(state.output).toEqual([0n, 1n, 20n]);
});
