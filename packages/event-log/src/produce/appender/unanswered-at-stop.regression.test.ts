import { expect, it } from 'vitest';
import { silentLogger } from '../../logger.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { createSender } from '../send-path/sender.ts';
import { createFakeCluster } from '../testing/fake-cluster.ts';
import { startAppender } from './appender.ts';

// What was sent and is not answered may wait 30 s for its acknowledgement, and so did stopping: longer than a service has to stop.

/** The leader of the first partition never answers, that of the second one does. */
async function setUp({ partitionsOf = async () => 2, close = async () => undefined } = {}) {
  const clock = createManualClock();
  const fake = createFakeCluster({ t: [1, 2] });
  fake.fail(1, 'silence');
  const sender = createSender({
    cluster: fake.cluster,
    identity: { producerId: 7n, producerEpoch: 0, transactionalId: null },
    logger: silentLogger,
    clock,
  });
  const openSession = async () => ({ sender, partitionsOf, ping: async () => undefined, close });
  const appender = await startAppender({ openSession, logger: silentLogger, clock });
  const pass = async (ms: number): Promise<void> => {
    await clock.advance(ms);
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  };
  const append = (value: string, partition: number) =>
    appender.append({ topic: 't', key: Buffer.from('k'), value: Buffer.from(value), partition });
  const stop = (options?: { drainMs: number }) => {
    const state = { stopped: false };
    void appender.stop(options).then(() => {
      state.stopped = true;
    });
    return state;
  };
  return { ...fake, pass, append, stop };
}

it('stopping waits a second for an answer, then tells the callers what is known of their records', async () => {
  const { append, pass, stop, values } = await setUp();
  const sent = append('sent', 0);
  await pass(10);
  const waiting = append('waits behind it', 0);
  const written = append('written', 1);
  const state = stop();
  await pass(999);
  expect(state.stopped).toBe(false);
  await pass(1);
  expect(state.stopped).toBe(true);
  expect(await Promise.all([sent, waiting, written])).toMatchObject([
    { ok: false, code: 'ERR_LOG_OUTCOME_UNKNOWN' },
    { ok: false, code: 'ERR_LOG_CLOSED' },
    { ok: true },
  ]);
  await pass(60_000);
  expect([values('t', 0), values('t', 1)]).toEqual([[], ['written']]);
});

it('stopping waits for as long as it is told to', async () => {
  const { append, pass, stop } = await setUp();
  const sent = append('sent', 0);
  await pass(10);
  const state = stop({ drainMs: 0 });
  await pass(0);
  expect(state.stopped).toBe(true);
  expect(await sent).toMatchObject({ ok: false, code: 'ERR_LOG_OUTCOME_UNKNOWN' });
});

it('a record of a topic that nobody tells the partitions of was never sent', async () => {
  const { append, pass, stop } = await setUp({ partitionsOf: () => new Promise(() => undefined) });
  const waiting = append('waits', 0);
  const state = stop();
  await pass(1_000);
  expect(state.stopped).toBe(true);
  expect(await waiting).toEqual({ ok: false, code: 'ERR_LOG_CLOSED' });
});

it('connections that do not end keep nobody waiting', async () => {
  const { append, pass, stop } = await setUp({ close: () => new Promise(() => undefined) });
  const written = append('written', 1);
  await pass(10);
  const state = stop();
  await pass(1_000);
  expect(state.stopped).toBe(true);
  expect(await written).toMatchObject({ ok: true });
});
