import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createConsumer } from '../../packages/event-log/src/group/kafka-consumer.ts';
import { createReader } from '../../packages/event-log/src/reader/reader.ts';
import { makeBreakable } from '../support/breakable-client.ts';
import { describeWithBroker, uniqueTopic } from '../support/broker.ts';
import { type KafkaParts, openKafkaParts } from '../support/event-log.ts';

const WAIT = { timeout: 45_000, interval: 20 };
const OUTAGE_MS = 4_000;

describeWithBroker('reading', (brokers) => {
  const created: string[] = [];
  let kafka: KafkaParts;

  beforeAll(() => {
    kafka = openKafkaParts(brokers);
  });
  afterAll(() => kafka.deleteTopics(created));

  async function newTopic(prefix: string, partitions = 1): Promise<string> {
    const name = uniqueTopic(prefix);
    created.push(name);
    await kafka.createTopics([{ name, partitions }]);
    return name;
  }

  async function append(topic: string, values: readonly string[]): Promise<void> {
    const appender = await kafka.log.appender();
    const outcomes = await Promise.all(
      values.map((value) => appender.append({ topic, key: Buffer.from(value), value: Buffer.from(value) })),
    );
    await appender.stop();
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
  }

  /** Writes the values in one transaction and ends it. */
  async function transact(topic: string, values: readonly string[], end: 'commit' | 'abort'): Promise<void> {
    const producer = kafka.client.open().producer({ transactionalId: uniqueTopic('tx'), idempotent: false, maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: values.map((value) => ({ key: value, value, partition: 0 })) });
    await transaction[end]();
    await producer.disconnect();
  }

  it('shows committed records only, and has caught up although control and aborted records end the partition', async () => {
    const topic = await newTopic('transactions');
    await transact(topic, ['a', 'b'], 'commit');
    await transact(topic, ['x', 'y'], 'abort');
    await transact(topic, ['c'], 'commit');
    await transact(topic, ['z'], 'abort');
    const values: string[] = [];
    const reader = await kafka.log.reader({
      topics: [topic],
      from: 'beginning',
      onRecords: (records) => void values.push(...records.map(({ value }) => String(value))),
    });
    await reader.caughtUp;
    expect(values).toEqual(['a', 'b', 'c']);
    await transact(topic, ['d'], 'commit');
    await vi.waitFor(() => expect(values).toEqual(['a', 'b', 'c', 'd']), WAIT);
    await reader.stop();
  });

  it('reads from the end what a transaction that was open then commits later', async () => {
    const topic = await newTopic('open');
    const producer = kafka.client.open().producer({ transactionalId: uniqueTopic('tx'), idempotent: false, maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ key: 'k', value: 'visible later', partition: 0 }] });
    const values: string[] = [];
    const reader = await kafka.log.reader({
      topics: [topic],
      from: 'end',
      onRecords: (records) => void values.push(...records.map(({ value }) => String(value))),
    });
    await reader.caughtUp;
    expect(values).toEqual([]);
    await transaction.commit();
    await vi.waitFor(() => expect(values).toEqual(['visible later']), WAIT);
    await producer.disconnect();
    await reader.stop();
  });

  it('commits past control and aborted records, up to the very end', async () => {
    const topic = await newTopic('control');
    await transact(topic, ['a', 'b'], 'commit');
    await transact(topic, ['x'], 'abort');
    const groupId = uniqueTopic('group');
    const values: string[] = [];
    const consumer = await kafka.log.consumer({
      groupId,
      topics: [topic],
      onRecord({ record, done }) {
        values.push(String(record.value));
        done();
      },
    });
    const admin = await kafka.log.admin();
    await vi.waitFor(async () => {
      expect((await admin.committed(groupId, topic)).map(({ offset }) => offset)).toEqual([5n]);
    }, WAIT);
    expect((await admin.endOffsets(topic)).map(({ offset }) => offset)).toEqual([5n]);
    expect(values).toEqual(['a', 'b']);
    await admin.stop();
    await consumer.stop();
  });

  it('goes on where the log begins when retention has passed a reader', async () => {
    const topic = await newTopic('expired');
    await append(topic, ['a']);
    await append(topic, ['b']);
    await append(topic, ['c']);
    await kafka.deleteRecords(topic, 2n);
    const values: string[] = [];
    const reader = await kafka.log.reader({
      topics: [topic],
      from: { offsets: [{ topic, partition: 0, offset: 1n }] },
      onRecords: (records) => void values.push(...records.map(({ value }) => String(value))),
    });
    await reader.caughtUp;
    expect(values).toEqual(['c']);
    await reader.stop();
  });

  it('misses and repeats nothing when all connections are cut and refused for a while', async () => {
    const topic = await newTopic('outage', 3);
    const breakable = await makeBreakable(kafka.client);
    const read: string[] = [];
    const consumed: string[] = [];
    const reader = await createReader(breakable.client, {
      topics: [topic],
      from: 'beginning',
      onRecords: (records) => void read.push(...records.map(({ value }) => String(value))),
    });
    const consumer = await createConsumer(breakable.client, {
      groupId: uniqueTopic('group'),
      topics: [topic],
      onRecord({ record, done }) {
        consumed.push(String(record.value));
        done();
      },
    });
    const values = Array.from({ length: 60 }, (_, index) => `value ${index}`);
    await append(topic, values.slice(0, 20));
    await vi.waitFor(() => expect([read.length, consumed.length]).toEqual([20, 20]), WAIT);
    for (const from of [20, 40]) {
      breakable.cut();
      await append(topic, values.slice(from, from + 20));
      await delay(OUTAGE_MS);
      expect([read.length, consumed.length]).toEqual([from, from]);
      breakable.heal();
      await vi.waitFor(() => expect([read.length, consumed.length]).toEqual([from + 20, from + 20]), WAIT);
    }
    expect([...read].sort()).toEqual([...values].sort());
    expect([...consumed].sort()).toEqual([...values].sort());
    expect(consumer.healthy()).toBe(true);
    await reader.stop();
    await consumer.stop();
  }, 120_000);

  it('leaves a connection that has gone silent and goes on with another', async () => {
    const topic = await newTopic('silent');
    const breakable = await makeBreakable(kafka.client);
    const read: string[] = [];
    const reader = await createReader(breakable.client, {
      topics: [topic],
      from: 'beginning',
      onRecords: (records) => void read.push(...records.map(({ value }) => String(value))),
    });
    await append(topic, ['a']);
    await vi.waitFor(() => expect(read).toEqual(['a']), WAIT);
    breakable.silence();
    await append(topic, ['b']);
    await vi.waitFor(() => expect(read).toEqual(['a', 'b']), WAIT);
    await reader.stop();
  });

  it('stops while the brokers are away', async () => {
    const topic = await newTopic('gone');
    const breakable = await makeBreakable(kafka.client);
    const reader = await createReader(breakable.client, { topics: [topic], from: 'beginning', onRecords: () => undefined });
    const consumer = await createConsumer(breakable.client, { groupId: uniqueTopic('group'), topics: [topic], onRecord: () => undefined });
    await vi.waitFor(() => expect(consumer.healthy()).toBe(true), WAIT);
    breakable.cut();
    await reader.stop();
    await consumer.stop({ drainMs: 1_000 });
    await Promise.all([reader.done, consumer.done]);
  });
});
