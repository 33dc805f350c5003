import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Consumer, LogRecord, TopicPartition } from '@switchboard/event-log';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { decodeDoneRuns } from '../../packages/event-log/src/group/commit-metadata.ts';
import { describeWithBroker, uniqueTopic } from '../support/broker.ts';
import { type KafkaParts, openKafkaParts } from '../support/event-log.ts';

const PARTITIONS = 6;
const WAIT = { timeout: 45_000, interval: 20 };

interface Given {
  readonly record: LogRecord;
  readonly member: string;
  done(): void;
}

describeWithBroker('consumer group', (given) => {
  const topic = uniqueTopic('group');
  const sibling = uniqueTopic('sibling');
  const created = [topic, sibling];
  let kafka: KafkaParts;

  beforeAll(async () => {
    kafka = openKafkaParts(given);
    await kafka.createTopics(created.map((name) => ({ name, partitions: PARTITIONS })));
  });
  afterAll(() => kafka.deleteTopics(created));

  async function newTopic(prefix: string, partitions: number): Promise<string> {
    const name = uniqueTopic(prefix);
    created.push(name);
    await kafka.createTopics([{ name, partitions }]);
    return name;
  }

  async function append(name: string, values: readonly string[], partition?: number): Promise<void> {
    const appender = await kafka.log.appender();
    const outcomes = await Promise.all(
      values.map((value) =>
        appender.append({
          topic: name,
          key: Buffer.from(value),
          value: Buffer.from(value),
          ...(partition === undefined ? {} : { partition }),
        }),
      ),
    );
    await appender.stop();
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
  }

  async function committed(groupId: string, name: string): Promise<Map<number, bigint>> {
    const admin = await kafka.log.admin();
    const positions = await admin.committed(groupId, name);
    await admin.stop();
    return new Map(positions.map(({ partition, offset }) => [partition, offset]));
  }

  it('repeats after kill -9 what was not finished, and nothing of the finished records above it', async () => {
    const name = await newTopic('killed', 1);
    const groupId = uniqueTopic('group');
    const values = Array.from({ length: 300 }, (_, index) => `value ${index}`);
    await append(name, values);
    const child = fork(fileURLToPath(new URL('./processes/hold-every-seventh.ts', import.meta.url)), [given[0] as string, name, groupId], {
      execPath: process.execPath,
    });
    const last = await new Promise<{ held: number; finished: number }>((resolve, reject) => {
      child.on('message', (progress: { held: number; finished: number }) => {
        if (progress.held + progress.finished === values.length) resolve(progress);
      });
      child.on('exit', (code) => reject(new Error(`the consumer ended with ${code}`)));
    });
    expect(last).toEqual({ held: 43, finished: 257 });
    // Offset 3 stays open, so only the metadata can tell how far the work is.
    await vi.waitFor(async () => expect(await committedRuns(kafka, groupId, name)).toBe(257 - 3), WAIT);
    child.removeAllListeners('exit');
    const exited = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGKILL');
    await exited;

    const repeated: bigint[] = [];
    const consumer = await kafka.log.consumer({
      groupId,
      topics: [name],
      onRecord({ record, done }) {
        repeated.push(record.offset);
        done();
      },
    });
    await vi.waitFor(async () => expect(await committed(groupId, name)).toEqual(new Map([[0, 300n]])), WAIT);
    expect(repeated).toEqual(values.map((_, index) => BigInt(index)).filter((offset) => offset % 7n === 3n));
    await consumer.stop();
  });

  it('loses nothing while members come and go, keeps partition order and repeats no record to the same member', async () => {
    const groupId = uniqueTopic('group');
    const all: Given[] = [];
    const lost: { member: string; partitions: readonly TopicPartition[] }[] = [];
    const join = (member: string): Promise<Consumer> =>
      kafka.log.consumer({
        groupId,
        topics: [topic, sibling],
        maxOpenPerPartition: 50,
        onRecord({ record, done }) {
          const entry = { record, member, done };
          all.push(entry);
          // Finished later and out of order, so that much is open whenever partitions move.
          setTimeout(done, 20 + Math.random() * 200);
        },
        onLost: (partitions) => void lost.push({ member, partitions }),
      });
    const assignedTo = (consumer: Consumer, name: string): number[] =>
      consumer
        .assigned()
        .filter((each) => each.topic === name)
        .map(({ partition }) => partition)
        .sort((a, b) => a - b);

    const first = await join('first');
    const values = Array.from({ length: 1_200 }, (_, index) => `value ${index}`);
    await append(topic, values.slice(0, 200));
    await append(sibling, values.slice(0, 200));
    await vi.waitFor(() => expect(all.length).toBeGreaterThan(100), WAIT);

    const second = await join('second');
    await append(topic, values.slice(200, 600));
    await append(sibling, values.slice(200, 600));
    await vi.waitFor(() => {
      expect(assignedTo(first, topic)).toHaveLength(PARTITIONS / 2);
      expect(assignedTo(second, topic)).toHaveLength(PARTITIONS / 2);
    }, WAIT);
    for (const member of [first, second]) expect(assignedTo(member, sibling)).toEqual(assignedTo(member, topic));
    expect(assignedTo(first, topic).some((partition) => assignedTo(second, topic).includes(partition))).toBe(false);
    expect(lost).toHaveLength(1);
    expect(lost[0]?.member).toBe('first');
    expect(lost[0]?.partitions).toHaveLength(PARTITIONS);

    await append(topic, values.slice(600, 900));
    await append(sibling, values.slice(600, 900));
    await first.stop();
    await append(topic, values.slice(900));
    await append(sibling, values.slice(900));
    const ends = await endsOf(kafka, topic);
    await vi.waitFor(async () => expect(await committed(groupId, topic)).toEqual(ends), WAIT);
    await vi.waitFor(async () => expect(await committed(groupId, sibling)).toEqual(await endsOf(kafka, sibling)), WAIT);
    await second.stop();

    for (const name of [topic, sibling]) {
      const seen = new Set(all.filter(({ record }) => record.topic === name).map(({ record }) => String(record.value)));
      expect(seen.size).toBe(values.length);
    }
    for (const member of ['first', 'second']) {
      for (const { topic: name, partition } of partitionsOf([topic, sibling])) {
        const offsets = all
          .filter((entry) => entry.member === member && entry.record.topic === name && entry.record.partition === partition)
          .map(({ record }) => record.offset);
        for (const [index, offset] of offsets.slice(1).entries()) expect(offset).toBeGreaterThan(offsets[index] as bigint);
      }
    }
  });

  it('keeps a record that is not due over a rebalance, and hands it over once and not early', { timeout: 120_000 }, async () => {
    // Longer than two members take to join.
    const waitMs = 15_000;
    const name = await newTopic('due', 2);
    const groupId = uniqueTopic('group');
    const handedOver: { value: string; at: number; due: number }[] = [];
    const join = (): Promise<Consumer> =>
      kafka.log.consumer({
        groupId,
        topics: [name],
        dueAt: (record) => record.timestamp + waitMs,
        onRecord({ record, done }) {
          handedOver.push({ value: String(record.value), at: Date.now(), due: record.timestamp + waitMs });
          done();
        },
      });
    const first = await join();
    await vi.waitFor(() => expect(first.assigned()).toHaveLength(2), WAIT);
    await append(name, ['a', 'b'], 0);
    await append(name, ['c', 'd'], 1);
    const second = await join();
    await vi.waitFor(() => expect([first.assigned().length, second.assigned().length]).toEqual([1, 1]), WAIT);
    expect(handedOver).toEqual([]);
    await vi.waitFor(() => expect(handedOver).toHaveLength(4), WAIT);
    for (const { at, due } of handedOver) expect(at).toBeGreaterThanOrEqual(due);
    expect(handedOver.map(({ value }) => value).sort()).toEqual(['a', 'b', 'c', 'd']);
    await Promise.all([first.stop(), second.stop()]);
  });

  it('goes on where the log begins when retention has passed the committed offset', async () => {
    const name = await newTopic('expired', 1);
    const groupId = uniqueTopic('group');
    await append(name, ['a', 'b']);
    const first = await kafka.log.consumer({ groupId, topics: [name], onRecord: ({ done }) => done() });
    await vi.waitFor(async () => expect(await committed(groupId, name)).toEqual(new Map([[0, 2n]])), WAIT);
    await first.stop();
    await append(name, ['c', 'd', 'e', 'f']);
    await kafka.deleteRecords(name, 4n);
    const values: string[] = [];
    const second = await kafka.log.consumer({
      groupId,
      topics: [name],
      onRecord({ record, done }) {
        values.push(String(record.value));
        done();
      },
    });
    await vi.waitFor(async () => expect(await committed(groupId, name)).toEqual(new Map([[0, 6n]])), WAIT);
    expect(values).toEqual(['e', 'f']);
    await second.stop();
  });

  it('begins nothing while the group forms anew, and goes on after that', async () => {
    const name = await newTopic('anew', 2);
    const groupId = uniqueTopic('group');
    const join = () => kafka.log.consumer({ groupId, topics: [name], onRecord: () => undefined });
    const first = await join();
    await vi.waitFor(() => expect(first.mayBegin()).toBe(true), WAIT);
    const second = await join();
    await vi.waitFor(() => expect(first.mayBegin()).toBe(false), { ...WAIT, interval: 1 });
    await vi.waitFor(() => expect([first.mayBegin(), second.mayBegin()]).toEqual([true, true]), WAIT);
    expect([first.assigned().length, second.assigned().length]).toEqual([1, 1]);
    await Promise.all([first.stop(), second.stop()]);
  });
});

function partitionsOf(topics: readonly string[]): TopicPartition[] {
  return topics.flatMap((topic) => Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition })));
}

async function endsOf(kafka: KafkaParts, topic: string): Promise<Map<number, bigint>> {
  const admin = await kafka.log.admin();
  const ends = await admin.endOffsets(topic);
  await admin.stop();
  return new Map(ends.map(({ partition, offset }) => [partition, offset]));
}

/** How many offsets above the committed one of partition 0 the group's metadata names as done. */
async function committedRuns(kafka: KafkaParts, groupId: string, topic: string): Promise<number> {
  const admin = await kafka.log.admin();
  const [position] = await admin.committed(groupId, topic);
  await admin.stop();
  return ((position && decodeDoneRuns(position)) ?? []).reduce((sum, { length }) => sum + length, 0);
}
