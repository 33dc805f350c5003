import { expect, it } from 'vitest';
import { createManualClock } from '../testing/manual-clock.ts';
import { fetchOnce } from './send-fetch.ts';
import { createFakeFetchCluster } from './testing/fake-fetch-cluster.ts';

it('responds after the time for which the broker throttles', async () => {
  const clock = createManualClock();
  const { cluster, log, fail } = createFakeFetchCluster({ t: [1] }, clock);
  log.append({ topic: 't', partition: 0 }, ['a']);
  fail(1, { throttleMs: 3_000 });
  const limits = { maxWaitMs: 500, maxBytes: 1_000, maxBytesPerPartition: 1_000 };
  let next: bigint | undefined;
  void fetchOnce(cluster, 1, { topic: 't', partition: 0, offset: 0n }, { ...limits, clock }).then((fetched) => {
    next = fetched.next;
  });
  await clock.advance(2_900);
  expect(next).toBeUndefined();
  await clock.advance(200);
  expect(next).toBe(1n);
});
