import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../logger.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { startAppender } from '../appender/appender.ts';
import { createFakeCluster } from '../testing/fake-cluster.ts';
import type { OutBatch } from './batch.ts';
import { createSender } from './sender.ts';

// A broker that is slow, hangs or is dead keeps the request that was sent to it; the partitions that other brokers lead
// had batches in the same round, and are not to wait for it.

const ANSWERS_AFTER_MS = 3_000;

function setUp() {
  const fake = createFakeCluster({ t: [1, 2] });
  const clock = createManualClock();
  const sender = createSender({
    cluster: fake.cluster,
    identity: { producerId: 7n, producerEpoch: 0, transactionalId: null },
    logger: silentLogger,
    clock,
  });
  const pass = async (ms: number): Promise<void> => {
    await clock.advance(ms);
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  };
  fake.fail(1, { after: new Promise((resolve) => void clock.after(ANSWERS_AFTER_MS, resolve)) });
  return { ...fake, clock, sender, pass, produced: () => fake.requests.filter((request) => request.startsWith('produce')) };
}

const batch = (partition: number, value: string): OutBatch => ({
  topic: 't',
  partition,
  records: [{ key: null, value: Buffer.from(value), headers: [], timestamp: 0 }],
});

describe('a broker that does not respond', () => {
  it('delays no batch of a partition that another broker leads', async () => {
    const { sender, pass, produced, values, mostInFlight } = setUp();
    const slow = sender.send([batch(0, 'a'), batch(1, 'b')]);
    await pass(0);
    const next = sender.send([batch(1, 'c')]);
    await pass(0);
    expect(await next).toEqual([{ kind: 'written', baseOffset: 1n }]);
    expect(produced()).toEqual(['produce 1: t/0', 'produce 2: t/1', 'produce 2: t/1']);
    await pass(ANSWERS_AFTER_MS);
    expect(await slow).toMatchObject([{ kind: 'written' }, { kind: 'written' }]);
    expect([values('t', 0), values('t', 1), mostInFlight()]).toEqual([['a'], ['b', 'c'], 1]);
  });

  it('keeps the next batch of its own partition waiting', async () => {
    const { sender, pass, produced, values, mostInFlight } = setUp();
    const sent = [sender.send([batch(0, 'a'), batch(1, 'b')]), sender.send([batch(0, 'c')])];
    await pass(ANSWERS_AFTER_MS - 1);
    expect(produced()).toEqual(['produce 1: t/0', 'produce 2: t/1']);
    await pass(1);
    await Promise.all(sent);
    expect([values('t', 0), mostInFlight()]).toEqual([['a', 'c'], 1]);
  });

  it('gives the sequence of a batch that another one refused to the next batch of that partition', async () => {
    const { sender, pass, fail, values } = setUp();
    fail(2, { errorCode: 10 });
    const slow = sender.send([batch(0, 'a'), batch(1, 'too large')]);
    await pass(0);
    const next = sender.send([batch(1, 'b')]);
    await pass(0);
    expect(await next).toEqual([{ kind: 'written', baseOffset: 0n }]);
    await pass(ANSWERS_AFTER_MS);
    expect(await slow).toMatchObject([{ kind: 'written' }, { kind: 'refused' }]);
    expect(values('t', 1)).toEqual(['b']);
  });

  it('stops no appender', async () => {
    const { sender, pass, clock, values } = setUp();
    const openSession = async () => ({ sender, partitionsOf: async () => 2, ping: async () => undefined, close: async () => undefined });
    const appender = await startAppender({ openSession, logger: silentLogger, clock });
    const append = (partition: number, value: string) =>
      appender.append({ topic: 't', key: Buffer.from('k'), value: Buffer.from(value), partition });
    const hanging = append(0, 'a');
    const others = [append(1, 'b')];
    await pass(10);
    for (const value of ['c', 'd']) {
      others.push(append(1, value));
      await pass(10);
    }
    expect(await Promise.all(others)).toMatchObject([{ ok: true }, { ok: true }, { ok: true }]);
    expect([values('t', 0), values('t', 1)]).toEqual([[], ['b', 'c', 'd']]);
    await pass(ANSWERS_AFTER_MS);
    expect(await hanging).toMatchObject({ ok: true });
  });
});
