import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Delivery } from './delivery.ts';
import { createOrderGate } from './order-gate.ts';

const DELAYS = [5, 30, 120, 600, 3_600];

function delivery(sequence: number): Delivery {
  return {
    record: { topic: 'pending', partition: 0, offset: BigInt(sequence), timestamp: 0, key: null, value: null, headers: [] },
    key: Buffer.from('talk'),
    value: Buffer.alloc(0),
    state: {
      deliveryId: String(sequence),
      installId: 'a',
      installVersion: 1,
      attempts: 0,
      deferrals: 0,
      run: '0',
      firstAt: 0,
      bodyVersion: 1,
    },
    eventId: String(sequence),
    eventType: 'ms.MessagingEventNotification.ContentEvent',
    attempt: 1,
    sequence: BigInt(sequence),
  };
}

/**
 * A line of deliveries, each with the topics that it goes to before it succeeds. Retry topics are kept as Kafka does: each
 * in order of arrival, a record due after the topic's delay, none handed over before the one in front of it.
 */
async function play(plans: readonly (readonly number[])[]): Promise<readonly number[]> {
  let now = 0;
  const left = plans.map((topics) => [...topics]);
  const retries = DELAYS.map(() => [] as { readonly one: Delivery; readonly due: number }[]);
  const delivered: number[] = [];
  const work: (() => void)[] = [];
  const gate = createOrderGate({
    readWaiting: async () => [],
    onFailedRead: () => {},
    now: () => now,
    backAfterMs: (topic) => (DELAYS[topic - 1] ?? 0) + 1_000_000,
  });
  const retry = (one: Delivery, topic: number) => {
    retries[topic - 1]?.push({ one, due: now + (DELAYS[topic - 1] ?? 0) });
    gate.settled(one, topic);
  };
  const enter = (one: Delivery) =>
    gate.enter(one, {
      wait: (topic) => work.push(() => retry(one, topic)),
      proceed: () =>
        work.push(() => {
          const topic = left[Number(one.sequence)]?.shift();
          if (topic !== undefined) return retry(one, topic);
          delivered.push(Number(one.sequence));
          return gate.settled(one, undefined);
        }),
    });

  for (const [sequence] of plans.entries()) enter(delivery(sequence));
  await new Promise((resolve) => setImmediate(resolve));
  for (let steps = 0; delivered.length < plans.length && steps < 100_000; steps++) {
    const next = work.shift();
    if (next !== undefined) {
      next();
      continue;
    }
    now++;
    for (const queue of retries) {
      while (queue[0] !== undefined && queue[0].due <= now) enter((queue.shift() as { one: Delivery }).one);
    }
  }
  return delivered;
}

it('delivers a conversation in order, whichever deliveries fail, how often, and whatever topics they wait in', async () => {
  const plan = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 60 }), async (plans) => {
      expect(await play(plans)).toEqual(plans.map((_, sequence) => sequence));
    }),
    { numRuns: 100 },
  );
});
