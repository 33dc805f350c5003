import { describe, expect, it } from 'vitest';
import type { OutRecord } from '../log.ts';
import { silentLogger } from '../logger.ts';
import { createFakeCluster, type FakeCluster } from '../send-path/testing/fake-cluster.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createTransactionalProducer } from './transactional-producer.ts';

const open = (fake: FakeCluster) => createTransactionalProducer(fake.cluster, silentLogger, { transactionalId: 'id' });

const record = (value: string, partition: number, more: Partial<OutRecord> = {}): OutRecord => ({
  topic: 't',
  key: Buffer.from('k'),
  value: Buffer.from(value),
  partition,
  ...more,
});

const offset = { groupId: 'g', position: { topic: 'in', partition: 3, offset: 42n } };

describe('createTransactionalProducer', () => {
  it('takes the id when the last transaction of an older holder has ended', async () => {
    const fake = createFakeCluster({ t: [1] });
    fake.failInitProducerId(51, 51, 16);
    await open(fake);
    expect(fake.requests.filter((request) => request === 'init')).toHaveLength(4);
  });
});

describe('run', () => {
  it('adds all partitions in one request and then writes, commits the offset beside that, and asks for the commit last', async () => {
    const fake = createFakeCluster({ t: [1, 2] });
    const producer = await open(fake);
    await producer.run({ records: [record('a', 0), record('b', 1)], offset });
    expect(fake.requests.slice(1, 3)).toEqual(['add t/0 t/1', 'add offsets g']);
    expect(fake.requests.slice(3, -1).toSorted()).toEqual(['offsets in/3@42', 'produce 1: t/0', 'produce 2: t/1']);
    expect(fake.requests.at(-1)).toBe('commit');
  });

  it('answers the position of each record in the order they were given', async () => {
    const fake = createFakeCluster({ t: [1, 1] });
    const producer = await open(fake);
    await producer.run({ records: [record('earlier', 1)] });
    const positions = await producer.run({ records: [record('a', 1), record('b', 0), record('c', 1)] });
    expect(positions).toEqual([
      { topic: 't', partition: 1, offset: 1n },
      { topic: 't', partition: 0, offset: 0n },
      { topic: 't', partition: 1, offset: 2n },
    ]);
  });

  it('waits for the end of the last transaction where the partitions are added, and produces once', async () => {
    const fake = createFakeCluster({ t: [1, 2] });
    const producer = await open(fake);
    fake.failAddPartitions(51, 51);
    await producer.run({ records: [record('a', 0), record('b', 1)] });
    expect([fake.values('t', 0), fake.values('t', 1)]).toEqual([['a'], ['b']]);
    expect(fake.requests.filter((request) => request.startsWith('add '))).toHaveLength(3);
  });

  it('commits an offset without records', async () => {
    const fake = createFakeCluster({ t: [1] });
    const producer = await open(fake);
    await producer.run({ records: [], offset });
    expect(fake.requests.slice(1)).toEqual(['add offsets g', 'offsets in/3@42', 'commit']);
  });

  it('asks for nothing when there is nothing to write', async () => {
    const fake = createFakeCluster({ t: [1] });
    const producer = await open(fake);
    expect(await producer.run({ records: [] })).toEqual([]);
    expect(fake.requests).toEqual(['init']);
  });

  it.each([
    ['fenced', 47],
    ['fenced', 90],
    ['aborted', 48],
    ['unknown', 16],
    ['unknown', 51],
  ])('is %s when the commit is answered with %i, and never asks for it twice', async (failure, code) => {
    const fake = createFakeCluster({ t: [1] });
    const producer = await open(fake);
    fake.failEndTxn(code);
    await expect(producer.run({ records: [record('a', 0)] })).rejects.toMatchObject({ failure });
    expect(fake.requests.filter((request) => request === 'commit' || request === 'abort')).toEqual(['commit']);
  });

  it('is fenced when the partitions are refused to an older holder, and ends nothing', async () => {
    const fake = createFakeCluster({ t: [1] });
    const producer = await open(fake);
    fake.failAddPartitions(47);
    await expect(producer.run({ records: [record('a', 0)] })).rejects.toMatchObject({ failure: 'fenced' });
    expect(fake.requests.slice(1)).toEqual(['add t/0']);
  });

  it.each([47, 90])('is fenced when a leader refuses the records of an older holder with %i', async (errorCode) => {
    const fake = createFakeCluster({ t: [1] });
    const producer = await open(fake);
    fake.fail(1, { errorCode });
    await expect(producer.run({ records: [record('a', 0)] })).rejects.toMatchObject({ failure: 'fenced' });
  });

  it('aborts after the requests for the offset when the partitions are refused', async () => {
    const fake = createFakeCluster({ t: [1] });
    const producer = await open(fake);
    fake.failAddPartitions(48);
    await expect(producer.run({ records: [record('a', 0)], offset })).rejects.toMatchObject({ failure: 'aborted' });
    expect(fake.requests.slice(1)).toEqual(['add t/0', 'add offsets g', 'offsets in/3@42', 'abort']);
  });

  it('aborts when a record is refused', async () => {
    const fake = createFakeCluster({ t: [1, 2] });
    const producer = await open(fake);
    fake.fail(2, { errorCode: 10 });
    await expect(producer.run({ records: [record('a', 0), record('b', 1)] })).rejects.toMatchObject({ failure: 'aborted' });
    expect(fake.requests.at(-1)).toBe('abort');
  });

  it('aborts when a topic does not exist', async () => {
    const fake = createFakeCluster({ t: [1] });
    const producer = await open(fake);
    await expect(producer.run({ records: [record('a', 0, { topic: 'none' })] })).rejects.toMatchObject({ failure: 'aborted' });
    expect(fake.values('t', 0)).toEqual([]);
  });
});

describe('committed', () => {
  it.each([
    ['12', { offset: 12n, metadata: '' }],
    ['0', { offset: 0n, metadata: '' }],
    ['-1', undefined],
    ['-2', 'lost'],
  ])('of %s is %s', async (committed, expected) => {
    const fake = createFakeCluster({ t: [1] });
    fake.commitOffset({ topic: 'in', partition: 3, offset: committed });
    const producer = await open(fake);
    expect(await producer.committed('g', offset.position)).toEqual(expected);
    expect(await producer.committed('g', { topic: 'in', partition: 4 })).toBeUndefined();
  });
});

it('commits metadata with the offset, and reads it back with the committed one', async () => {
  const fake = createFakeCluster({ t: [1] });
  fake.commitOffset({ topic: 'in', partition: 3, offset: '12', metadata: 'text' });
  const producer = await open(fake);
  await producer.run({ records: [], offset: { ...offset, metadata: '#text' } });
  expect(fake.requests).toContain('offsets in/3@42#text');
  expect(await producer.committed('g', offset.position)).toEqual({ offset: 12n, metadata: 'text' });
});

describe('a transaction that exceeds its time', () => {
  async function exceeding() {
    const fake = createFakeCluster({ t: [1] });
    const clock = createManualClock();
    const producer = await createTransactionalProducer(fake.cluster, silentLogger, {
      transactionalId: 'id',
      transactionTimeoutMs: 1_000,
      clock,
    });
    return { fake, clock, producer };
  }

  it.each([47, 90, 48])('timed out, and was not fenced, when its commit is refused with %i after its time', async (code) => {
    const { fake, clock, producer } = await exceeding();
    fake.onTransactionRequest(() => clock.advance(600));
    fake.failEndTxn(code);
    await expect(producer.run({ records: [record('a', 0)] })).rejects.toMatchObject({ failure: 'timed-out' });
  });

  it.each([
    ['fenced', 47],
    ['aborted', 48],
  ])('is %s when its commit is refused with %i within its time', async (failure, code) => {
    const { fake, clock, producer } = await exceeding();
    fake.onTransactionRequest(() => clock.advance(400));
    fake.failEndTxn(code);
    await expect(producer.run({ records: [record('a', 0)] })).rejects.toMatchObject({ failure });
  });

  it('timed out when its partitions are refused after its time', async () => {
    const { fake, clock, producer } = await exceeding();
    fake.onTransactionRequest(() => clock.advance(1_100));
    fake.failAddPartitions(47);
    await expect(producer.run({ records: [record('a', 0)] })).rejects.toMatchObject({ failure: 'timed-out' });
  });

  it('has an unknown outcome when its commit is not answered, whatever the time', async () => {
    const { fake, clock, producer } = await exceeding();
    fake.onTransactionRequest(() => clock.advance(600));
    fake.failEndTxn(16);
    await expect(producer.run({ records: [record('a', 0)] })).rejects.toMatchObject({ failure: 'unknown' });
  });
});

describe('spent', () => {
  it('is said after a transaction that committed although a request of it was lost, which may still arrive in the next one', async () => {
    const fake = createFakeCluster({ t: [1] });
    const producer = await open(fake);
    await producer.run({ records: [record('a', 0)], offset });
    expect(producer.spent()).toBe(false);
    fake.loseOffsetsAnswer();
    await producer.run({ records: [record('b', 0)], offset });
    expect(producer.spent()).toBe(true);
    expect(fake.requests.slice(-3).toSorted()).toEqual(['commit', 'metadata', 'offsets in/3@42']);
  });

  it('is said when the answer to records was lost: sent again late, they would have the next ones refused', async () => {
    const fake = createFakeCluster({ t: [1] });
    const producer = await open(fake);
    fake.fail(1, 'answer lost');
    await producer.run({ records: [record('a', 0)], offset });
    expect([fake.values('t', 0), producer.spent()]).toEqual([['a'], true]);
  });

  it('is not said when a request was refused and asked again', async () => {
    const fake = createFakeCluster({ t: [1] });
    const producer = await open(fake);
    fake.failAddPartitions(51, 16);
    await producer.run({ records: [record('a', 0)], offset });
    expect(producer.spent()).toBe(false);
  });
});
