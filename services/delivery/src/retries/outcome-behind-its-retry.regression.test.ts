import { createOfflineCodec, deliveryHeaders, eventHeaders, topics } from '@switchboard/contracts';
import type { AppendOutcome, OutRecord } from '@switchboard/event-log';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readDelivery } from '../dispatch/delivery.ts';
import { contentEvent } from '../testing/delivery-harness.ts';
import type { Step } from './next-step.ts';
import { createRetryRoute } from './retry-route.ts';
import { createSettler } from './settle.ts';

const codec = createOfflineCodec();
const code = 'ERR_ATTEMPT_TIMEOUT';

/** Topics written to by a process that dies after so many appends. */
async function written(step: Step, appends: number): Promise<readonly string[]> {
  const state = { deliveryId: 'd', installId: 'a', installVersion: 1, attempts: 1, deferrals: 0, run: '0', firstAt: 0, bodyVersion: 1 };
  const headers = deliveryHeaders.write(eventHeaders(contentEvent(), codec), state);
  const place = { topic: topics.retry1.name, partition: 0, offset: 0n, timestamp: 0 };
  const delivery = readDelivery({ ...place, key: Buffer.from('k'), value: Buffer.from('v'), headers });
  if (delivery === undefined) throw new Error('the record is a delivery');
  const appended: string[] = [];
  const append = async ({ topic }: OutRecord): Promise<AppendOutcome> => {
    if (appended.length === appends) return { ok: false, code: 'ERR_LOG_CLOSED' };
    appended.push(topic);
    return { ok: true, position: { topic, partition: 0, offset: 0n } };
  };
  const facts = { startedAt: 1, durationMs: 2, now: 3, installVersion: 4, endpoint: null, responseExcerpt: null };
  await createSettler({ appender: { append }, codec, route: createRetryRoute([1, 2, 3, 4, 5]) }).settle(delivery, step, facts);
  return appended;
}

// Another process may bring the delivery to its end from the retry record before it reads this record again, and then drops it.
it('a delivery never goes on from an attempt or a deferral that is not recorded, wherever the process dies', async () => {
  const steps = fc.constantFrom<Step>(
    { kind: 'retry', topic: 2, code, status: null },
    { kind: 'deferred', topic: 1, code: 'ERR_DEFERRED_LANE_FULL' },
  );
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(2), async (step, appends) => {
      const appended = await written(step, appends);
      if (appended.some((topic) => topic !== topics.outcomes.name)) expect(appended).toContain(topics.outcomes.name);
      expect(appended).toHaveLength(appends);
    }),
  );
});

it('a delivery is never recorded as dead before it is in the dead-letter topic', async () => {
  const dead: Step = { kind: 'dead', code, status: null, attempted: true };
  expect(await written(dead, 1)).toEqual([topics.dead.name]);
  expect(await written(dead, 2)).toEqual([topics.dead.name, topics.outcomes.name]);
});
