import { describe, expect, it } from 'vitest';
import type { OutRecord } from '../../log.ts';
import { silentLogger } from '../../logger.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { createFakeCluster, type FakeCluster } from '../testing/fake-cluster.ts';
import { createTransactionalProducer } from './transactional-producer.ts';

const open = (fake: FakeCluster) => createTransactionalProducer(fake.cluster, silentLogger, { transactionalId: 'id' });

const record = (value: string, partition: number, more: Partial<OutRecord> = {}): OutRecord => ({
  topic: 't',
  key: Buffer.from('k'),
  value: Buffer.from(value),
  partition,
  ...more,
});

const member = { memberId: 'm-1', generationId: 7 };
const position = { topic: 'in', partition: 3, offset: 42n, metadata: '' };
const offsets = { groupId: 'g', member, positions: [position] };

describe('createTransactionalProducer', () => {
  it('takes the id when the last transaction of an older holder has ended', async () => {
    const fake = createFakeCluster({ t: [1] });
    fake.failInitProducerId(51, 51, 16);
    await open(fake);
    expect(fake.requests.filter((request) => request === 'init')).toHaveLength(4);
  });
});

describe('run', () => {
  it('adds all partitions in one request and then writes, commits the offsets beside that, and asks for the commit last', async () => {
    const fake = createFakeCluster({ t: [1, 2] });
    const producer = await open(fake);
    await producer.run({ records: [record('a', 0), record('b', 1)], offsets });
    expect(fake.requests.slice(1, 3)).toEqual(['add t/0 t/1', 'add offsets g']);
    expect(fake.requests.slice(3, -1).toSorted()).toEqual(['offsets in/3@42', 'produce 1: t/0', 'produce 2: t/1']);
    expect(fake.requests.at(-1)).toBe('commit');
  });

  it('resolves with the position of each record, in the order given', async () => {
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

  it('commits offsets without records', async () => {
    const fake = createFakeCluster({ t: [1] });
    const producer = await open(fake);
    await producer.run({ records: [], offsets });
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
  ])('is %s when the commit gets error %i, and never asks for it twice', async (failure, code) => {
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
    await expect(producer.run({ records: [record('a', 0)], offsets })).rejects.toMatchObject({ failure: 'aborted' });
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

describe('the member in a commit of offsets', () => {
  it('is sent with the offsets of all partitions in one request', async () => {
    const fake = createFakeCluster({ t: [1] });
    const producer = await open(fake);
    const positions = [position, { ...position, partition: 4, offset: 9n, metadata: 'm' }, { ...position, topic: 'in2' }];
    await producer.run({ records: [], offsets: { ...offsets, positions } });
    expect(fake.requests.slice(1)).toEqual(['add offsets g', 'offsets in/3@42 in/4@9m in2/3@42', 'commit']);
    expect(fake.members).toEqual([member]);
  });

  it.each([22, 25, 82])('is no longer one after error %i of the group: the transaction is aborted, and is asked for once', async (code) => {
    const fake = createFakeCluster({ t: [1] });
    const producer = await open(fake);
    fake.failOffsets(code);
    await expect(producer.run({ records: [record('a', 0)], offsets })).rejects.toMatchObject({ failure: 'not-member', atOutput: false });
    expect(fake.members).toHaveLength(1);
    expect(fake.requests.at(-1)).toBe('abort');
  });

  it('counts before a record that was refused', async () => {
    const fake = createFakeCluster({ t: [1] });
    const producer = await open(fake);
    fake.failOffsets(22);
    fake.fail(1, { errorCode: 10 });
    await expect(producer.run({ records: [record('a', 0)], offsets })).rejects.toMatchObject({ failure: 'not-member' });
  });
});

describe('a failure at an output partition', () => {
  it.each([
    ['a record that is refused', (fake: FakeCluster) => fake.fail(1, { errorCode: 10 }), true],
    ['a topic that may not be written', (fake: FakeCluster) => fake.failAddPartitions(29), true],
    ['a refused state of the transaction', (fake: FakeCluster) => fake.failAddPartitions(48), false],
  ])('is told from others: %s', async (_name, harm, atOutput) => {
    const fake = createFakeCluster({ t: [1] });
    const producer = await open(fake);
    harm(fake);
    await expect(producer.run({ records: [record('a', 0)] })).rejects.toMatchObject({ failure: 'aborted', atOutput });
  });
});

describe('offsets', () => {
  it('are those that were committed: lost where kafkajs replaced one, unstable where a transaction is open, absent without one', async () => {
    const fake = createFakeCluster({ t: [1] });
    const at = (partition: number, more: object) => fake.commitOffset({ topic: 'in', partition, offset: '-1', ...more });
    at(0, { offset: '12', metadata: 'm' });
    at(1, { offset: '0' });
    at(2, {});
    at(3, { offset: '-2' });
    at(4, { errorCode: 88 });
    const producer = await open(fake);
    const partitions = [0, 1, 2, 3, 4].map((partition) => ({ topic: 'in', partition }));
    expect([...(await producer.offsets('g', partitions, 'stable'))]).toEqual([
      ['in/0', { offset: 12n, metadata: 'm' }],
      ['in/1', { offset: 0n, metadata: '' }],
      ['in/3', 'lost'],
      ['in/4', 'unstable'],
    ]);
  });

  it('fail with the code of any other error of a partition', async () => {
    const fake = createFakeCluster({ t: [1] });
    fake.commitOffset({ topic: 'in', partition: 0, offset: '-1', errorCode: 30 });
    const producer = await open(fake);
    await expect(producer.offsets('g', [{ topic: 'in', partition: 0 }], 'stable')).rejects.toMatchObject({ code: 30 });
  });
});

it('fences another transactional id', async () => {
  const fake = createFakeCluster({ t: [1] });
  const producer = await open(fake);
  await producer.fence('another');
  expect(fake.requests).toEqual(['init', 'init']);
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

  it('has an unknown outcome when its commit gets no response, however long it took', async () => {
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
    await producer.run({ records: [record('a', 0)], offsets });
    expect(producer.spent()).toBe(false);
    fake.loseOffsetsResponse();
    await producer.run({ records: [record('b', 0)], offsets });
    expect(producer.spent()).toBe(true);
    expect(fake.requests.slice(-3).toSorted()).toEqual(['commit', 'metadata', 'offsets in/3@42']);
  });

  it('is said when the response to records was lost: sent again late, they would have the next ones refused', async () => {
    const fake = createFakeCluster({ t: [1] });
    const producer = await open(fake);
    fake.fail(1, 'response lost');
    await producer.run({ records: [record('a', 0)], offsets });
    expect([fake.values('t', 0), producer.spent()]).toEqual([['a'], true]);
  });

  it('is not said when a request was refused and asked again', async () => {
    const fake = createFakeCluster({ t: [1] });
    const producer = await open(fake);
    fake.failAddPartitions(51, 16);
    await producer.run({ records: [record('a', 0)], offsets });
    expect(producer.spent()).toBe(false);
  });
});
