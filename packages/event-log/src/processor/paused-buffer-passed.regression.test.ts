import { expect, it } from 'vitest';
import { record, records, setUpProcessing } from './testing/processing-rig.ts';

// A full buffer pauses reading. When another member has processed all of it, it is emptied by the committed offset and not
// by a transaction: a pause that only transactions end would then last indefinitely, with the partition healthy.

it('reads on when another member has processed all that a full buffer held', async () => {
  const { clock, state, input, commit, at, join, seen, stop } = setUpProcessing();
  state.within = async () => {
    state.within = undefined;
    // The group gets a new generation while the transaction of this member runs.
    state.generation += 1;
    commit(at(), 20n);
  };
  input().offer(records(8));
  expect(input().paused()).toBe(true);
  await clock.advance(1_000);
  join([3]);
  await clock.advance(1_000);
  expect([input().paused(), input().busy(), seen.paused]).toEqual([false, false, [true, false]]);
  input().offer([record(20)]);
  await clock.advance(0);
  expect(state.output).toEqual(['v20']);
  await stop();
});
