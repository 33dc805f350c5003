import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { EosManager } from '../kafkajs/internals.ts';
import { kafkajsPath, replacedModules } from '../kafkajs/load-kafkajs.ts';
import { loadStockModule } from '../kafkajs/testing/load-stock-module.ts';
import { createSendMessages, SendError } from './send-messages.ts';
import { createFakeCluster, type FakeCluster } from './testing/fake-cluster.ts';

const require = createRequire(import.meta.url);
const createEosManager = require(kafkajsPath('src/producer/eosManager/index.js')) as (options: object) => EosManager & {
  initProducerId(): Promise<void>;
  beginTransaction(): void;
};
const createRetry = require(kafkajsPath('src/retry/index.js')) as (options: object) => unknown;

type CreateSendMessages = typeof createSendMessages;
const ours = createSendMessages;
const stock = loadStockModule(replacedModules.sendMessages) as CreateSendMessages;

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

async function openProducer(create: CreateSendMessages, fake: FakeCluster, transactionalId?: string) {
  const eosManager = createEosManager({
    logger: silent,
    cluster: fake.cluster,
    transactional: transactionalId !== undefined,
    transactionalId,
  });
  await eosManager.initProducerId();
  if (transactionalId !== undefined) eosManager.beginTransaction();
  const send = create({
    logger: silent,
    cluster: fake.cluster,
    partitioner: ({ message }) => message.partition ?? 0,
    eosManager,
    // Read by the stock module alone.
    ...{ retrier: createRetry({ retries: 5, initialRetryTime: 2, maxRetryTime: 5 }) },
  });
  return (...values: readonly (readonly [partition: number, value: string])[]) =>
    send({ acks: -1, topicMessages: [{ topic: 't', messages: values.map(([partition, value]) => ({ partition, value })) }] });
}

async function loseFirstAnswer(create: CreateSendMessages): Promise<readonly string[]> {
  const fake = createFakeCluster({ t: [1] });
  fake.fail(1, 'answer lost');
  const send = await openProducer(create, fake);
  await Promise.all([send([0, 'A']), send([0, 'B']), send([0, 'C'])]);
  return fake.values('t', 0);
}

describe('concurrent sends while an acknowledgement is lost', () => {
  it('write every value once, in order', async () => {
    expect(await loseFirstAnswer(ours)).toEqual(['A', 'B', 'C']);
  });

  it('lose an acknowledged value with the stock module', async () => {
    expect((await loseFirstAnswer(stock)).toSorted()).not.toEqual(['A', 'B', 'C']);
  });
});

async function waitForTheEndOfATransaction(create: CreateSendMessages): Promise<FakeCluster> {
  const fake = createFakeCluster({ t: [1, 2] });
  const { promise: slow, resolve: answer } = Promise.withResolvers<void>();
  fake.fail(2, { after: slow });
  // The first request of a transaction while the markers of the last one are being written.
  fake.failAddPartitions(51);
  const send = await openProducer(create, fake, 'tx');
  const sent = send([0, 'A'], [1, 'B']);
  setTimeout(answer, 30);
  await sent;
  await new Promise((resolve) => setTimeout(resolve, 30));
  return fake;
}

describe('a send over two leaders right after another transaction', () => {
  it('writes every value once', async () => {
    const fake = await waitForTheEndOfATransaction(ours);
    expect([fake.values('t', 0), fake.values('t', 1)]).toEqual([['A'], ['B']]);
  });

  it('adds all partitions in one request and waits there, before anything is produced', async () => {
    const { requests } = await waitForTheEndOfATransaction(ours);
    expect(requests.filter((request) => /^(add|produce)/.test(request))).toEqual([
      'add t/0 t/1',
      'add t/0 t/1',
      'produce 1: t/0',
      'produce 2: t/1',
    ]);
  });

  it('writes values twice with the stock module', async () => {
    const fake = await waitForTheEndOfATransaction(stock);
    expect([...fake.values('t', 0), ...fake.values('t', 1)].length).toBeGreaterThan(2);
  });
});

async function moveALeader(create: CreateSendMessages): Promise<FakeCluster> {
  const fake = createFakeCluster({ t: [1, 2] });
  const send = await openProducer(create, fake);
  await send([0, 'first'], [1, 'first']);
  fake.moveLeader('t', 0, 2);
  const sent = send([0, 'A'], [1, 'B']);
  await sent;
  return fake;
}

describe('a send while a leader moves to a broker that has answered already', () => {
  it('writes every acknowledged value', async () => {
    const fake = await moveALeader(ours);
    expect([fake.values('t', 0), fake.values('t', 1)]).toEqual([
      ['first', 'A'],
      ['first', 'B'],
    ]);
  });

  it('loses an acknowledged value with the stock module', async () => {
    const fake = await moveALeader(stock);
    expect([fake.values('t', 0), fake.values('t', 1)]).not.toEqual([
      ['first', 'A'],
      ['first', 'B'],
    ]);
  });
});

describe('createSendMessages', () => {
  it('has one request in flight for a partition', async () => {
    const fake = createFakeCluster({ t: [1] });
    const send = await openProducer(ours, fake);
    await Promise.all(Array.from({ length: 20 }, (_, index) => send([0, `${index}`])));
    expect(fake.mostInFlight()).toBe(1);
    expect(fake.values('t', 0)).toEqual(Array.from({ length: 20 }, (_, index) => `${index}`));
  });

  it('answers the offset of the first record of each partition', async () => {
    const fake = createFakeCluster({ t: [1, 2] });
    const send = await openProducer(ours, fake);
    await send([1, 'earlier']);
    expect(await send([0, 'A'], [1, 'B'])).toEqual([
      { topicName: 't', partition: 0, errorCode: 0, baseOffset: '0' },
      { topicName: 't', partition: 1, errorCode: 0, baseOffset: '1' },
    ]);
  });

  it.each([45, 47, 59, 90])('discards the producer on error %i and calls the outcome unknown', async (errorCode) => {
    const fake = createFakeCluster({ t: [1] });
    fake.fail(1, { errorCode });
    const send = await openProducer(ours, fake);
    await expect(send([0, 'A'])).rejects.toMatchObject({ written: 'unknown' });
    await expect(send([0, 'B'])).rejects.toMatchObject({ written: 'no' });
    expect(fake.requests.filter((request) => request.startsWith('produce'))).toHaveLength(1);
  });

  it('gives the sequence of a refused batch to the next one', async () => {
    const fake = createFakeCluster({ t: [1] });
    fake.fail(1, { errorCode: 10 });
    const send = await openProducer(ours, fake);
    await expect(send([0, 'too large'])).rejects.toMatchObject({ written: 'no', errorCode: 10 });
    await send([0, 'B']);
    expect(fake.values('t', 0)).toEqual(['B']);
  });

  it('discards the producer when a batch is refused after an attempt whose outcome is not known', async () => {
    const fake = createFakeCluster({ t: [1] });
    fake.fail(1, 'answer lost', { errorCode: 10 });
    const send = await openProducer(ours, fake);
    await expect(send([0, 'A'])).rejects.toMatchObject({ written: 'unknown' });
  });

  it('refuses to send without waiting for all replicas', async () => {
    const fake = createFakeCluster({ t: [1] });
    const eosManager = createEosManager({ logger: silent, cluster: fake.cluster, transactional: false });
    const send = ours({ logger: silent, cluster: fake.cluster, partitioner: () => 0, eosManager });
    await expect(send({ acks: 1, topicMessages: [] })).rejects.toBeInstanceOf(SendError);
  });
});
