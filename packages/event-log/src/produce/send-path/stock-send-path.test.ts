import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { kafkajsPath } from '../../kafkajs/patches/load-kafkajs.ts';
import { loadStockModule } from '../../kafkajs/testing/load-stock-module.ts';
import { silentLogger } from '../../logger.ts';
import { createFakeCluster, type FakeCluster } from '../testing/fake-cluster.ts';
import { createTransactionalProducer } from '../transaction/transactional-producer.ts';
import { createSender } from './sender.ts';

// What the send path of kafkajs does under the same faults: the reason for our own.

type Value = readonly [partition: number, value: string];
type Send = (...values: readonly Value[]) => Promise<unknown>;
type Open = (fake: FakeCluster, transactionalId?: string) => Promise<Send>;

const require = createRequire(import.meta.url);
const createEosManager = require(kafkajsPath('src/producer/eosManager/index.js')) as (options: object) => {
  initProducerId(): Promise<void>;
  beginTransaction(): void;
};
const createRetry = require(kafkajsPath('src/retry/index.js')) as (options: object) => unknown;
const createStockSend = loadStockModule('src/producer/sendMessages.js') as (options: object) => (request: object) => Promise<unknown>;

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const stock: Open = async (fake, transactionalId) => {
  const { cluster } = fake;
  const transactional = transactionalId !== undefined;
  const eosManager = createEosManager({ logger: silent, cluster, transactional, transactionalId });
  await eosManager.initProducerId();
  if (transactional) eosManager.beginTransaction();
  const send = createStockSend({
    logger: silent,
    cluster,
    partitioner: ({ message }: { readonly message: { readonly partition: number } }) => message.partition,
    eosManager,
    retrier: createRetry({ retries: 5, initialRetryTime: 2, maxRetryTime: 5 }),
  });
  return (...values) =>
    send({ acks: -1, topicMessages: [{ topic: 't', messages: values.map(([partition, value]) => ({ partition, value })) }] });
};

const ours: Open = async ({ cluster }, transactionalId) => {
  if (transactionalId !== undefined) {
    const producer = await createTransactionalProducer(cluster, silentLogger, { transactionalId });
    return (...values) =>
      producer.run({
        records: values.map(([partition, value]) => ({ topic: 't', partition, key: Buffer.alloc(0), value: Buffer.from(value) })),
      });
  }
  const identity = { producerId: 7n, producerEpoch: 0, transactionalId: null };
  const sender = createSender({ cluster, identity, logger: silentLogger });
  return (...values) =>
    sender.send(
      values.map(([partition, value]) => ({
        topic: 't',
        partition,
        records: [{ key: null, value: Buffer.from(value), headers: [], timestamp: 0 }],
      })),
    );
};

async function loseFirstAnswer(open: Open): Promise<readonly string[]> {
  const fake = createFakeCluster({ t: [1] });
  fake.fail(1, 'response lost');
  const send = await open(fake);
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

async function waitForTheEndOfATransaction(open: Open): Promise<FakeCluster> {
  const fake = createFakeCluster({ t: [1, 2] });
  const { promise: slow, resolve: answer } = Promise.withResolvers<void>();
  fake.fail(2, { after: slow });
  // The first request of a transaction while the markers of the last one are being written.
  fake.failAddPartitions(51);
  const send = await open(fake, 'tx');
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

async function moveALeader(open: Open): Promise<FakeCluster> {
  const fake = createFakeCluster({ t: [1, 2] });
  const send = await open(fake);
  await send([0, 'first'], [1, 'first']);
  fake.moveLeader('t', 0, 2);
  const sent = send([0, 'A'], [1, 'B']);
  await sent;
  return fake;
}

describe('a send while a leader moves to a broker that has responded already', () => {
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
