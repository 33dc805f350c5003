import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { createFakeFetchCluster } from '../fetch/testing/fake-fetch-cluster.ts';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import type { LogRecord, ReaderOptions } from '../log.ts';
import { silentLogger } from '../logger.ts';
import { createReader } from './reader.ts';

async function setUp(
  leaders: readonly number[],
  onRecords: ReaderOptions['onRecords'],
  before: (log: Fake['log']) => void = () => undefined,
) {
  const fake = createFakeFetchCluster({ t: leaders }, systemClock);
  before(fake.log);
  const kafka = { [Symbol('private:Kafka:createCluster')]: () => fake.cluster } as unknown as ReturnType<KafkaClient['open']>;
  const reader = await createReader({ logger: silentLogger, open: () => kafka }, { topics: ['t'], from: 'beginning', onRecords });
  return { ...fake, reader };
}

type Fake = ReturnType<typeof createFakeFetchCluster>;
const t = (partition: number) => ({ topic: 't', partition });
const values = (records: readonly LogRecord[]): readonly string[] => records.map(({ value }) => String(value));

describe('reader', () => {
  it('hands over no second batch of a partition before its handler is done, and those of other partitions in between', async () => {
    const handled: string[] = [];
    const { promise: slow, resolve } = Promise.withResolvers<void>();
    const { reader, log } = await setUp(
      [1, 1],
      async (records) => {
        handled.push(...values(records));
        if (records[0]?.partition === 0) await slow;
      },
      (before) => before.append(t(0), ['a']),
    );
    await vi.waitFor(() => expect(handled).toEqual(['a']));
    log.append(t(0), ['b']);
    for (const value of ['x', 'y']) {
      log.append(t(1), [value]);
      await vi.waitFor(() => expect(handled).toContain(value));
    }
    expect(handled).toEqual(['a', 'x', 'y']);
    const caughtUp = await Promise.race([reader.caughtUp.then(() => true), delay(0, false)]);
    expect(caughtUp).toBe(false);
    resolve();
    await reader.caughtUp;
    await vi.waitFor(() => expect(handled).toContain('b'));
    await reader.stop();
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('full'))],
  ])('ends where its handler %s', async (_name, onRecords) => {
    const { reader } = await setUp([1], onRecords, (log) => log.append(t(0), ['a']));
    await expect(reader.done).rejects.toMatchObject({ code: 'ERR_LOG_HANDLER_FAILED', cause: new Error('full') });
    await expect(reader.caughtUp).rejects.toMatchObject({ code: 'ERR_LOG_HANDLER_FAILED' });
  });

  it('continues at the log start offset where retention passes it', async () => {
    const handled: string[] = [];
    const { reader, log } = await setUp([1], (records) => void handled.push(...values(records)));
    await reader.caughtUp;
    log.get(t(0)).logStart = 2n;
    for (const value of ['a', 'b', 'c']) log.append(t(0), [value]);
    await vi.waitFor(() => expect(handled).toEqual(['c']), 3_000);
    await reader.stop();
  });

  it('disconnects when the requests in flight have ended', async () => {
    const { reader, cluster, unreachable, log } = await setUp([1], () => undefined);
    const calls: string[] = [];
    const refresh = Promise.withResolvers<void>();
    cluster.refreshMetadata = async () => {
      calls.push('refresh');
      await refresh.promise;
      calls.push('refreshed');
    };
    cluster.disconnect = async () => void calls.push('disconnect');
    unreachable.add(1);
    log.append(t(0), ['a']);
    await vi.waitFor(() => expect(calls).toEqual(['refresh']));
    await reader.stop();
    await delay(20);
    refresh.resolve();
    await vi.waitFor(() => expect(calls).toEqual(['refresh', 'refreshed', 'disconnect']));
  });

  it('requests nothing after stop', async () => {
    const { reader, requests, log } = await setUp([1], () => undefined);
    await reader.stop();
    await reader.done;
    const before = requests.length;
    log.append(t(0), ['a']);
    await delay(20);
    expect(requests.length).toBe(before);
  });
});
