import { expect, it } from 'vitest';
import { createFakeGroup } from '../member/testing/fake-group.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import type { GroupConsumer } from './group-consumer.ts';
import { createProcessor } from './processor.ts';

async function setUp() {
  const clock = createManualClock();
  const { promise: joining, resolve: join } = Promise.withResolvers<GroupConsumer>();
  const seen: string[] = [];
  const processor = await createProcessor(
    createFakeGroup({ in: 1 }).client,
    { groupId: 'g', topics: ['in'], outputTopics: [], withoutOffset: 'beginning', process: () => [] },
    {
      clock,
      joinGroup: () => joining,
      openProducer: async () => ({
        run: async () => [],
        offsets: async () => new Map(),
        fence: async () => undefined,
        spent: () => false,
        close: async () => undefined,
      }),
    },
  );
  await clock.advance(0);
  void processor.done.then(() => seen.push('done'));
  const consumer = { stop: async () => void seen.push('left the group') } as unknown as GroupConsumer;
  return { clock, processor, seen, join: () => join(consumer) };
}

it('a processor that stops while it joins its group has left it when it is done', async () => {
  const { clock, processor, seen, join } = await setUp();
  void processor.stop();
  await clock.advance(1_000);
  expect(seen).toEqual([]);
  join();
  await clock.advance(0);
  expect(seen).toEqual(['left the group', 'done']);
});

it('a processor stops within 5 s when joining does not end, and leaves the group if it ends later', async () => {
  const { clock, processor, seen, join } = await setUp();
  void processor.stop();
  await clock.advance(5_000);
  expect(seen).toEqual(['done']);
  join();
  await clock.advance(0);
  expect(seen).toEqual(['done', 'left the group']);
});
