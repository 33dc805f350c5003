import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Delivery } from './delivery.ts';
import { createOrderGate, type OrderGate } from './order-gate.ts';
import type { Waiting } from './waiting-line.ts';

interface Options {
  readonly from?: string;
  readonly partition?: number;
  readonly line?: string;
}

/** A delivery by its place in the line; `from` is the topic it was read from. */
function delivery(sequence: number, { from = 'pending', partition = 0, line = 'talk' }: Options = {}): Delivery {
  return {
    record: { topic: from, partition, offset: BigInt(sequence), timestamp: 0, key: null, value: null, headers: [] },
    key: Buffer.from(line),
    value: Buffer.alloc(0),
    texts: new Map(),
    state: {
      deliveryId: `${line}-${sequence}`,
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

function waiting(sequence: number, topic: number): Waiting {
  const line = `${Buffer.from('talk').toString('base64')}/0`;
  return { line, delivery: `talk-${sequence}/0`, sequence: BigInt(sequence), topic, expectedBy: 10_000 };
}

let log: string[];
let now: number;

function start(readWaiting: (partition: number) => Promise<readonly Waiting[]> = async () => []): OrderGate {
  return createOrderGate({ readWaiting, onFailedRead: () => log.push('failed'), now: () => now, backAfterMs: () => 10_000 });
}

function enter(gate: OrderGate, one: Delivery): void {
  const name = one.state.deliveryId;
  gate.enter(one, { proceed: () => log.push(`${name} goes`), wait: (topic) => log.push(`${name} waits in ${topic}`) });
}

/** Lets the reading of retry topics end. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  log = [];
  now = 0;
});

describe('within the process', () => {
  it('lets one delivery of a line go at a time, in order', async () => {
    const gate = start();
    const [one, two, three] = [delivery(1), delivery(2), delivery(3)];
    for (const each of [one, three, two]) enter(gate, each);
    await settle();
    expect(log).toEqual(['talk-1 goes']);
    gate.settled(one, undefined);
    gate.settled(two, undefined);
    expect(log).toEqual(['talk-1 goes', 'talk-2 goes', 'talk-3 goes']);
  });

  it('lets lines go beside each other', async () => {
    const gate = start();
    enter(gate, delivery(1));
    enter(gate, delivery(2, { line: 'other' }));
    await settle();
    expect(log).toEqual(['talk-1 goes', 'other-2 goes']);
  });

  it('sends those behind a delivery that went to a retry topic after it, and lets them go in order when it is done', async () => {
    const gate = start();
    const deliveries = [delivery(1), delivery(2), delivery(3)];
    for (const each of deliveries) enter(gate, each);
    await settle();
    const [one, two, three] = deliveries as [Delivery, Delivery, Delivery];
    gate.settled(one, 2);
    gate.settled(two, 2);
    gate.settled(three, 2);
    expect(log).toEqual(['talk-1 goes', 'talk-2 waits in 2', 'talk-3 waits in 2']);
    log = [];
    for (const each of deliveries) enter(gate, each);
    gate.settled(one, undefined);
    gate.settled(two, undefined);
    expect(log).toEqual(['talk-1 goes', 'talk-2 goes', 'talk-3 goes']);
  });

  it('keeps a later delivery behind one that waits in a longer topic', async () => {
    const gate = start();
    enter(gate, delivery(1));
    await settle();
    gate.settled(delivery(1), 3);
    enter(gate, delivery(2));
    gate.settled(delivery(2), 3);
    enter(gate, delivery(2, { from: 'retry.3' }));
    expect(log).toEqual(['talk-1 goes', 'talk-2 waits in 3', 'talk-2 waits in 3']);
  });

  it('lets an earlier delivery go although later ones wait', async () => {
    const gate = start();
    enter(gate, delivery(5));
    await settle();
    gate.settled(delivery(5), 4);
    enter(gate, delivery(3));
    expect(log.at(-1)).toBe('talk-3 goes');
  });

  it('sends those that stood here too long to a retry topic', async () => {
    const gate = start();
    const deliveries = Array.from({ length: 3 }, (_, n) => delivery(n + 1));
    for (const each of deliveries) enter(gate, each);
    await settle();
    now = 6_000;
    gate.settled(deliveries[0] as Delivery, undefined);
    expect(log).toEqual(['talk-1 goes', 'talk-2 goes', 'talk-3 waits in 1']);
  });

  it('keeps no more than 50 of a line here', async () => {
    const gate = start();
    for (let n = 1; n <= 53; n++) enter(gate, delivery(n));
    await settle();
    expect(log).toEqual(['talk-1 goes', 'talk-52 waits in 1', 'talk-53 waits in 1']);
  });

  it('does not wait for ever for a delivery that went another way', async () => {
    const gate = start();
    enter(gate, delivery(1));
    await settle();
    gate.settled(delivery(1), 1);
    now = 10_001;
    enter(gate, delivery(2));
    expect(log).toEqual(['talk-1 goes', 'talk-2 goes']);
  });
});

describe('none waits for a delivery that does not come back', () => {
  it('because it ended on its way to a retry topic', async () => {
    const gate = start();
    const [one, two, three] = [delivery(1), delivery(2), delivery(3)];
    for (const each of [one, two, three]) enter(gate, each);
    await settle();
    now = 6_000;
    gate.settled(one, undefined);
    // Sent on to a retry topic, it is too old for it.
    gate.settled(three, undefined);
    gate.settled(two, undefined);
    enter(gate, delivery(4));
    expect(log).toEqual(['talk-1 goes', 'talk-2 goes', 'talk-3 waits in 1', 'talk-4 goes']);
  });

  it('because it goes without a turn now', async () => {
    const gate = start(async () => [waiting(1, 5)]);
    enter(gate, delivery(2));
    await settle();
    gate.settled(delivery(2), 5);
    gate.pass(delivery(1, { from: 'retry.5' }));
    enter(gate, delivery(2, { from: 'retry.5' }));
    expect(log).toEqual(['talk-2 waits in 5', 'talk-2 goes']);
  });

  it('because it went without a turn while the topics were read', async () => {
    const gate = start(async () => [waiting(1, 5)]);
    enter(gate, delivery(2));
    gate.pass(delivery(1, { from: 'retry.5' }));
    await settle();
    expect(log).toEqual(['talk-2 goes']);
  });
});

describe('a partition that is lost and comes back', () => {
  it('lets none go beside a delivery that is still under way from before', async () => {
    const gate = start();
    const [one, two] = [delivery(1), delivery(2)];
    for (const each of [one, two]) enter(gate, each);
    await settle();
    expect(gate.forget(new Set([0]), (key) => key === 'talk-1/0')).toEqual([two]);
    enter(gate, two);
    await settle();
    expect(log).toEqual(['talk-1 goes']);
    gate.settled(one, 3);
    expect(log).toEqual(['talk-1 goes', 'talk-2 waits in 3']);
  });

  it('knows nothing of where deliveries went while it was lost', async () => {
    const gate = start();
    enter(gate, delivery(1));
    await settle();
    gate.forget(new Set([0]), () => true);
    gate.settled(delivery(1), 5);
    enter(gate, delivery(2));
    await settle();
    expect(log).toEqual(['talk-1 goes', 'talk-2 goes']);
  });

  it('knows of a delivery that was sent on before and is in a retry topic only now', async () => {
    const gate = start();
    const deliveries = Array.from({ length: 52 }, (_, n) => delivery(n + 1));
    for (const each of deliveries) enter(gate, each);
    await settle();
    expect(log).toEqual(['talk-1 goes', 'talk-52 waits in 1']);
    gate.forget(new Set([0]), () => false);
    enter(gate, delivery(60));
    gate.settled(delivery(52), 1);
    await settle();
    expect(log.at(-1)).toBe('talk-60 waits in 1');
  });

  it('is read anew: what a reading found that began before is of no account', async () => {
    const readings: ((found: readonly Waiting[]) => void)[] = [];
    const gate = start(() => new Promise((resolve) => readings.push(resolve)));
    enter(gate, delivery(5));
    gate.forget(new Set([0]), () => false);
    enter(gate, delivery(5));
    readings[0]?.([]);
    await settle();
    expect(log).toEqual([]);
    readings[1]?.([waiting(4, 3)]);
    await settle();
    expect(log).toEqual(['talk-5 waits in 3']);
  });
});

describe('after an assignment', () => {
  it('knows what waits in the retry topics before it lets anything go', async () => {
    const gate = start(async (partition) => (partition === 0 ? [waiting(1, 4)] : []));
    enter(gate, delivery(2));
    enter(gate, delivery(9, { partition: 1, line: 'elsewhere' }));
    expect(log).toEqual([]);
    await settle();
    expect(log).toEqual(['talk-2 waits in 4', 'elsewhere-9 goes']);
  });

  it('does not wait for a record that came while the topics were read', async () => {
    const gate = start(async () => [waiting(1, 1)]);
    enter(gate, delivery(1, { from: 'retry.1' }));
    enter(gate, delivery(2));
    await settle();
    expect(log).toEqual(['talk-1 goes']);
    gate.settled(delivery(1), undefined);
    expect(log).toEqual(['talk-1 goes', 'talk-2 goes']);
  });

  it('tries again when the topics cannot be read, and lets nothing go meanwhile', async () => {
    vi.useFakeTimers();
    let tries = 0;
    const gate = start(async () => {
      if (++tries === 1) throw new Error('unreachable');
      return [];
    });
    enter(gate, delivery(1));
    await vi.advanceTimersByTimeAsync(999);
    expect(log).toEqual(['failed']);
    await vi.advanceTimersByTimeAsync(1);
    expect(log).toEqual(['failed', 'talk-1 goes']);
    vi.useRealTimers();
  });

  it('gives back what waits here when the partition goes to another member, and reads again when it returns', async () => {
    let reads = 0;
    const gate = start(async () => {
      reads++;
      return [];
    });
    enter(gate, delivery(1));
    await settle();
    enter(gate, delivery(2));
    enter(gate, delivery(3, { partition: 1, line: 'kept' }));
    const dropped = gate.forget(new Set([0]), () => false);
    expect(dropped.map(({ state }) => state.deliveryId)).toEqual(['talk-2']);
    enter(gate, delivery(2));
    await settle();
    expect(reads).toBe(3);
    expect(log).toEqual(['talk-1 goes', 'kept-3 goes', 'talk-2 goes']);
  });
});
