import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../logger.ts';
import { createManualClock, type ManualClock } from '../../testing/manual-clock.ts';
import { createFakeCluster } from '../testing/fake-cluster.ts';
import type { BatchOutcome, OutBatch } from './batch.ts';
import { createSender, type SenderOptions } from './sender.ts';

function setUp(leaders: readonly number[] = [1], more: Partial<SenderOptions> = {}) {
  const fake = createFakeCluster({ t: leaders });
  const clock = createManualClock();
  const sender = createSender({
    cluster: fake.cluster,
    identity: { producerId: 7n, producerEpoch: 0, transactionalId: null },
    logger: silentLogger,
    clock,
    ...more,
  });
  return { fake, clock, sender };
}

const batch = (partition: number, ...values: readonly string[]): OutBatch => ({
  topic: 't',
  partition,
  records: values.map((value) => ({ key: null, value: Buffer.from(value), headers: [], timestamp: 0 })),
});

/** In small steps, with time for what happens at each of them. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  const STEP_MS = 20;
  for (let passed = 0; passed < ms; passed += STEP_MS) {
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    await clock.advance(Math.min(STEP_MS, ms - passed));
  }
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
}

const produced = (requests: readonly string[]): readonly string[] => requests.filter((request) => request.startsWith('produce'));

describe('createSender', () => {
  it('sends a batch with the same sequence until it is acknowledged', async () => {
    const { fake, clock, sender } = setUp();
    fake.fail(1, 'response lost', { errorCode: 19 }, 'response lost');
    const sent = sender.send([batch(0, 'a', 'b')]);
    await pass(clock, 2_000);
    expect(await sent).toEqual([{ kind: 'written', baseOffset: 0n }]);
    expect(fake.values('t', 0)).toEqual(['a', 'b']);
  });

  it('settles a whole round before it plans the next one', async () => {
    const { fake, clock, sender } = setUp([1, 2]);
    const slow = Promise.withResolvers<void>();
    fake.fail(1, { errorCode: 6 });
    fake.fail(2, { after: slow.promise });
    const sent = sender.send([batch(0, 'a'), batch(1, 'b')]);
    await pass(clock, 2_000);
    expect(produced(fake.requests)).toEqual(['produce 1: t/0', 'produce 2: t/1']);
    slow.resolve();
    await pass(clock, 2_000);
    await sent;
    expect(produced(fake.requests)).toEqual(['produce 1: t/0', 'produce 2: t/1', 'produce 1: t/0']);
  });

  it('tells each outcome when it is known and not when the whole send has ended', async () => {
    const { fake, clock, sender } = setUp([1, 2]);
    const told: [number, BatchOutcome['kind']][] = [];
    fake.fail(1, { errorCode: 19 }, { errorCode: 19 });
    const sent = sender.send([batch(0, 'a'), batch(1, 'b')], (index, { kind }) => told.push([index, kind]));
    await pass(clock, 0);
    expect(told).toEqual([[1, 'written']]);
    await pass(clock, 2_000);
    await sent;
    expect(told).toEqual([
      [1, 'written'],
      [0, 'written'],
    ]);
  });

  it('sends several batches of one partition after each other', async () => {
    const { fake, clock, sender } = setUp();
    const sent = sender.send([batch(0, 'a'), batch(0, 'b'), batch(0, 'c')]);
    await pass(clock, 0);
    expect((await sent).map((outcome) => outcome.kind === 'written' && outcome.baseOffset)).toEqual([0n, 1n, 2n]);
    expect(fake.mostInFlight()).toBe(1);
  });

  it('discards the producer when a batch is not acknowledged within 30 s, and calls all that is in flight unknown', async () => {
    const { fake, clock, sender } = setUp([1, 2]);
    fake.fail(1, 'silence');
    fake.fail(2, 'silence');
    const first = sender.send([batch(0, 'a')]);
    await pass(clock, 20_000);
    const told: BatchOutcome['kind'][] = [];
    void sender.send([batch(1, 'b')], (_index, { kind }) => told.push(kind));
    void first;
    await pass(clock, 9_900);
    expect(sender.discarded()).toBeUndefined();
    await pass(clock, 100);
    expect(sender.discarded()).toBeDefined();
    expect(told).toEqual(['unknown']);
    expect(await sender.send([batch(0, 'c')])).toMatchObject([{ kind: 'unsent' }]);
  });

  it('calls a batch unsent when no request with it ever went out', async () => {
    const { clock, sender } = setUp([-1]);
    const sent = sender.send([batch(0, 'a')]);
    await pass(clock, 31_000);
    expect(await sent).toMatchObject([{ kind: 'unsent' }]);
  });

  it('refuses a batch that cannot be encoded, and gives its sequence to the next one', async () => {
    const { fake, clock, sender } = setUp();
    const broken: OutBatch = { ...batch(0, 'x'), records: [{ key: null, value: null, headers: [], timestamp: Number.NaN }] };
    const sent = sender.send([broken, batch(0, 'a')]);
    await pass(clock, 0);
    expect(await sent).toMatchObject([{ kind: 'refused' }, { kind: 'written' }]);
    expect(fake.values('t', 0)).toEqual(['a']);
  });

  it('tells whether a round got anywhere', async () => {
    const rounds: boolean[] = [];
    const { fake, clock, sender } = setUp([1], { onRound: (progress) => rounds.push(progress) });
    fake.fail(1, { errorCode: 19 });
    const sent = sender.send([batch(0, 'a')]);
    await pass(clock, 2_000);
    await sent;
    expect(rounds).toEqual([false, true]);
  });

  it('has one request in flight for a partition, however many sends are', async () => {
    const { fake, clock, sender } = setUp();
    const values = Array.from({ length: 20 }, (_, index) => `${index}`);
    const sent = Promise.all(values.map((value) => sender.send([batch(0, value)])));
    await pass(clock, 0);
    await sent;
    expect([fake.mostInFlight(), fake.values('t', 0)]).toEqual([1, values]);
  });

  it.each([45, 47, 59, 90])('discards the producer on error %i and calls the outcome unknown', async (errorCode) => {
    const { fake, clock, sender } = setUp();
    fake.fail(1, { errorCode });
    const sent = sender.send([batch(0, 'a')]);
    await pass(clock, 0);
    expect(await sent).toMatchObject([{ kind: 'unknown' }]);
    expect(await sender.send([batch(0, 'b')])).toMatchObject([{ kind: 'unsent' }]);
    expect(produced(fake.requests)).toHaveLength(1);
  });

  it('gives the sequence of a refused batch to the next one', async () => {
    const { fake, clock, sender } = setUp();
    fake.fail(1, { errorCode: 10 });
    const sent = sender.send([batch(0, 'too large'), batch(0, 'b')]);
    await pass(clock, 0);
    expect(await sent).toMatchObject([{ kind: 'refused', errorCode: 10 }, { kind: 'written' }]);
    expect(fake.values('t', 0)).toEqual(['b']);
  });

  it('discards the producer when a batch is refused after an attempt whose outcome is not known', async () => {
    const { fake, clock, sender } = setUp();
    fake.fail(1, 'response lost', { errorCode: 10 });
    const sent = sender.send([batch(0, 'a')]);
    await pass(clock, 2_000);
    expect(await sent).toMatchObject([{ kind: 'unknown' }]);
  });
});
