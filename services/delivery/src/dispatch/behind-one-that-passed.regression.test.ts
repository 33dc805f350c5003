import { afterEach, expect, it } from 'vitest';
import type { Step } from '../retries/next-step.ts';
import { createDispatcherRig, pendingRecord } from '../testing/dispatcher-rig.ts';
import type { TurnResult } from './attempt.ts';
import { createOrderGate } from './order-gate.ts';

// A delivery that had no turn in the order, or lost it with its partition, was still waited for: others of its conversation
// stood behind one that never came back, or went beside one that was under way.

const ORDERED = 'ms.MessagingEventNotification.ContentEvent';
const UNORDERED = 'ms.MessagingEventNotification.ChatStateEvent';
const PARTITION = [{ topic: pendingRecord(0).topic, partition: pendingRecord(0).partition }];

let stop: () => Promise<void> = async () => {};
afterEach(() => stop());

/** A dispatcher whose attempts end when told. */
function start() {
  const attempts: string[] = [];
  const ends = new Map<string, (step: Step) => void>();
  const order = createOrderGate({
    readWaiting: async () => [],
    onFailedRead: () => {},
    now: () => 2_000,
    backAfterMs: () => 600_000,
  });
  const { dispatcher, lanes, steps } = createDispatcherRig({
    ordered: [ORDERED],
    unordered: [UNORDERED],
    order,
    attempt: ({ state: { deliveryId } }) => {
      attempts.push(deliveryId);
      const { promise, resolve } = Promise.withResolvers<TurnResult>();
      const made = { installVersion: 3, endpoint: 'https://e.example/', startedAt: 2_000, durationMs: 1, responseExcerpt: null };
      ends.set(deliveryId, (step) => resolve({ step, health: 'healthy', ...made, besides: [] }));
      return promise;
    },
  });
  stop = lanes.stop;
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return {
    attempts,
    steps,
    async bring(offset: number, type = ORDERED): Promise<void> {
      dispatcher.onRecord({ record: pendingRecord(offset, type), done: () => {} });
      await settled();
    },
    async end(offset: number, step: Step): Promise<void> {
      ends.get(`d${offset}`)?.(step);
      await settled();
    },
    lose: () => dispatcher.onLost(PARTITION),
  };
}

const delivered: Step = { kind: 'delivered', status: 200, code: null };
const failed: Step = { kind: 'retry', topic: 5, code: 'ERR_ATTEMPT_STATUS', status: 500 };

it('a delivery whose webhook asks for no order holds up none of those that do', async () => {
  const { attempts, bring, end } = start();
  await bring(1);
  await bring(2, UNORDERED);
  await end(2, failed);
  await end(1, delivered);
  await bring(3);
  expect(attempts).toEqual(['d1', 'd2', 'd3']);
  await end(3, delivered);
});

it('none goes beside a delivery under way whose partition was lost and is back', async () => {
  const { attempts, steps, bring, end, lose } = start();
  await bring(1);
  await bring(2);
  lose();
  await bring(1);
  await bring(2);
  expect(attempts).toEqual(['d1']);
  await end(1, failed);
  expect(steps).toEqual([failed, { kind: 'deferred', topic: 5, code: 'ERR_DEFERRED_ORDER' }]);
});
