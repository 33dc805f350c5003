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
    texts: new Map(),
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

interface Plan {
  /** Retry topics that it goes to before it succeeds. */
  readonly topics: readonly number[];
  /** Whether its webhook asks for the order. */
  readonly ordered: boolean;
  /** How often it may be sent behind another before it is too old. */
  readonly patience: number;
}

/**
 * A line of deliveries. Retry topics are kept as Kafka does: each in order of arrival, a record due after the topic's delay, none handed
 * over before the one in front of it. Gives the ordered ones that were delivered, and those that grew too old.
 */
async function play(plans: readonly Plan[]): Promise<{ readonly delivered: readonly number[]; readonly dead: ReadonlySet<number> }> {
  let now = 0;
  const left = plans.map(({ topics, patience }) => ({ topics: [...topics], patience }));
  const retries = DELAYS.map(() => [] as { readonly one: Delivery; readonly due: number }[]);
  const delivered: number[] = [];
  const dead = new Set<number>();
  const work: (() => void)[] = [];
  const orderly = plans.filter(({ ordered }) => ordered).length;
  const gate = createOrderGate({
    readWaiting: async () => [],
    onFailedRead: () => {},
    now: () => now,
    // Longer than all steps: who waits for one that does not come back waits for ever.
    backAfterMs: (topic) => (DELAYS[topic - 1] ?? 0) + 1_000_000,
  });
  const putInto = (one: Delivery, topic: number) => retries[topic - 1]?.push({ one, due: now + (DELAYS[topic - 1] ?? 0) });
  const retry = (one: Delivery, topic: number) => {
    putInto(one, topic);
    gate.settled(one, topic);
  };
  const enter = (one: Delivery) => {
    const at = Number(one.sequence);
    const own = left[at] ?? { topics: [], patience: 0 };
    if (plans[at]?.ordered === false) {
      gate.pass(one);
      const topic = own.topics.shift();
      if (topic !== undefined) putInto(one, topic);
      return;
    }
    gate.enter(one, {
      wait: (topic) =>
        work.push(() => {
          if (own.patience-- > 0) return retry(one, topic);
          dead.add(at);
          return gate.settled(one, undefined);
        }),
      proceed: () =>
        work.push(() => {
          const topic = own.topics.shift();
          if (topic !== undefined) return retry(one, topic);
          delivered.push(at);
          return gate.settled(one, undefined);
        }),
    });
  };

  for (const [sequence] of plans.entries()) enter(delivery(sequence));
  await new Promise((resolve) => setImmediate(resolve));
  for (let steps = 0; delivered.length + dead.size < orderly && steps < 100_000; steps++) {
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
  return { delivered, dead };
}

it('delivers a conversation in order, whichever deliveries fail, how often, whatever topics they wait in, and whoever grows too old', async () => {
  const plan = fc.record({
    topics: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }),
    ordered: fc.boolean(),
    patience: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 0, max: 2 })),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 60 }), async (plans) => {
      const { delivered, dead } = await play(plans);
      const expected = plans.flatMap(({ ordered }, sequence) => (ordered && !dead.has(sequence) ? [sequence] : []));
      expect(delivered).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});
