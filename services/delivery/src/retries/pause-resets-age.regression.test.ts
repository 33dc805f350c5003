import { createOfflineCodec, deliveryHeaders, eventHeaders, topics } from '@switchboard/contracts';
import type { OutRecord } from '@switchboard/event-log';
import { expect, it } from 'vitest';
import { type Delivery, readDelivery } from '../dispatch/delivery.ts';
import type { DeferralCode } from '../lanes/job.ts';
import { contentEvent } from '../testing/delivery-harness.ts';
import { ageMs } from './held-time.ts';
import { carryRecord } from './settlement.ts';

const state = { deliveryId: 'd', installId: 'a', installVersion: 1, attempts: 0, deferrals: 0, run: '0', firstAt: 1_000, bodyVersion: 1 };

function read(record: OutRecord): Delivery {
  const { topic, key = null, value, headers = [], timestamp = 0 } = record;
  const delivery = readDelivery({ topic, partition: 0, offset: 1n, key, value, headers, timestamp });
  if (delivery === undefined) throw new Error('no delivery');
  return delivery;
}

const factsAt = (now: number) => ({ startedAt: now, durationMs: 0, now, installVersion: 1, endpoint: null, responseExcerpt: null });

function putOff(delivery: Delivery, code: DeferralCode, now: number): Delivery {
  const carried = carryRecord(delivery, { kind: 'deferred', topic: 1, code }, factsAt(now));
  if (carried === undefined) throw new Error('nothing carried');
  return read(carried);
}

it('a pause adds nothing to the age of a delivery and takes nothing from it', () => {
  const headers = deliveryHeaders.write(eventHeaders(contentEvent(), createOfflineCodec()), state);
  const pending = read({ topic: topics.pending.name, key: Buffer.from('k'), value: Buffer.from('v'), headers, timestamp: 1_000 });
  const full = putOff(pending, 'ERR_DEFERRED_LANE_FULL', 2_000);
  expect(ageMs(full, 6_000)).toBe(5_000);
  const held = putOff(full, 'ERR_DEFERRED_PAUSED', 6_000);
  const heldAgain = putOff(held, 'ERR_DEFERRED_PAUSED', 10_000);
  expect(ageMs(heldAgain, 16_000)).toBe(5_000);
  const waits = putOff(heldAgain, 'ERR_DEFERRED_LANE_FULL', 16_000);
  expect(ageMs(waits, 17_000)).toBe(6_000);
  const failed = carryRecord(
    putOff(waits, 'ERR_DEFERRED_PAUSED', 17_000),
    { kind: 'retry', topic: 1, code: 'ERR_ATTEMPT_TIMEOUT', status: null },
    factsAt(18_000),
  );
  expect(failed && ageMs(read(failed), 20_000)).toBe(8_000);
  expect(waits.state.firstAt).toBe(1_000);
});
