import { afterEach, expect, it } from 'vitest';
import { createDispatcherRig, type DispatcherRigOptions, pendingRecord } from '../testing/dispatcher-rig.ts';

let stop: () => Promise<void> = async () => {};
afterEach(() => stop());

function rig(options: DispatcherRigOptions) {
  const made = createDispatcherRig(options);
  stop = made.lanes.stop;
  return made;
}

it('puts a delivery off whose turn throws, and says so', async () => {
  const bug = new TypeError('bug');
  const { dispatcher, lanes, steps, failures } = rig({ attempt: () => Promise.reject(bug) });
  const done = Promise.withResolvers<void>();
  dispatcher.onRecord({ record: pendingRecord(42), done: done.resolve });
  await done.promise;
  expect(steps).toEqual([{ kind: 'deferred', topic: 1, code: 'ERR_DEFERRED_FAILED' }]);
  expect(failures).toEqual([bug]);
  expect(lanes.counts()).toMatchObject({ inFlight: 0, queued: 0 });
});

it('leaves a record uncommitted whose step cannot be written, and still stops', async () => {
  const bug = new RangeError('no such topic');
  const failed = Promise.withResolvers<void>();
  const { dispatcher, failures } = rig({
    attempt: () => Promise.reject(new Error('any')),
    settle: async () => {
      setImmediate(failed.resolve);
      throw bug;
    },
  });
  let done = 0;
  dispatcher.onRecord({ record: pendingRecord(42), done: () => done++ });
  await failed.promise;
  await dispatcher.stop(10);
  expect(failures.at(-1)).toBe(bug);
  expect(done).toBe(0);
});
