import { createOfflineCodec, deliveryHeaders, eventHeaders, headerNames, retryTopics, textHeader, topics } from '@switchboard/contracts';
import { createMemoryLog, partitionOf } from '@switchboard/event-log';
import { expect, it } from 'vitest';
import { contentEvent } from '../testing/delivery-harness.ts';
import { createReadWaiting } from './read-waiting.ts';
import { createRetryRoute } from './retry-route.ts';

it('reads what the group has not settled and others are to wait for in the retry topics of one partition', async () => {
  const log = createMemoryLog({ topics: Object.values(topics) });
  const [appender, admin] = await Promise.all([log.appender(), log.admin()]);
  const codec = createOfflineCodec();
  const key = Buffer.from('a:talk');
  const partition = partitionOf(key, topics.retry1.partitions);
  const append = async (number: number, sequence: number, ofKey = key, installId = 'a') => {
    const event = contentEvent('talk');
    const state = {
      deliveryId: `d${sequence}`,
      installId,
      installVersion: 1,
      attempts: number,
      deferrals: 0,
      run: '0',
      firstAt: 0,
      bodyVersion: 1,
    };
    const headers = [
      ...deliveryHeaders.write(eventHeaders(event, codec), state),
      textHeader(headerNames.origin, `${topics.pending.name}-${partition}-${sequence}`),
    ];
    await appender.append({
      topic: retryTopics[number - 1]?.name ?? '',
      key: ofKey,
      value: Buffer.from('event'),
      headers,
      timestamp: 1_000,
    });
  };
  await append(1, 1);
  // The first is settled, the rest is not.
  const consumer = await log.consumer({ groupId: 'group', topics: [topics.retry1.name], onRecord: ({ done }) => done() });
  await expect.poll(async () => (await admin.committed('group', topics.retry1.name)).length).toBeGreaterThan(0);
  await consumer.stop();
  await append(1, 2);
  await append(3, 3);
  let other = 0;
  while (partitionOf(Buffer.from(`b:${other}`), topics.retry1.partitions) === partition) other++;
  await append(1, 4, Buffer.from(`b:${other}`));
  await append(2, 5, key, 'gone-on');

  const route = createRetryRoute([10, 20, 30, 40, 50]);
  const readWaiting = createReadWaiting({
    log,
    admin,
    groupId: 'group',
    route,
    holdsUp: ({ state }) => state.installId !== 'gone-on',
    now: () => 5_000,
    graceMs: 100,
  });
  const waiting = await readWaiting(partition);
  const line = `${key.toString('base64')}/0`;
  expect(waiting.toSorted((one, another) => Number(one.sequence - another.sequence))).toEqual([
    { line, delivery: 'd2/0', sequence: 2n, topic: 1, expectedBy: 1_110 },
    { line, delivery: 'd3/0', sequence: 3n, topic: 3, expectedBy: 1_130 },
  ]);
});
