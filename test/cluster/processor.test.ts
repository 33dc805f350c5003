import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKafkaLog, type KafkaLog } from '../../packages/event-log/src/kafka-log.ts';
import type { Appender, Processor } from '../../packages/event-log/src/log.ts';
import { type Cluster, startCluster } from '../../packages/local-stack/src/index.ts';
import { python } from '../support/foreign-clients.ts';
import { readWithJava, readWithPython } from './readers/read-committed.ts';
import { moveSeveralTimes, shake } from './workloads/faults.ts';
import { judge } from './workloads/verdict.ts';

const PARTITIONS = 12;
let cluster: Cluster;
let log: KafkaLog;

beforeAll(async () => {
  cluster = await startCluster();
  log = createKafkaLog({ brokers: [...cluster.brokers], clientId: 'test' });
});

afterAll(async () => {
  await cluster?.close();
});

async function createTopics(): Promise<{ input: string; output: string }> {
  const id = randomBytes(6).toString('hex');
  const names = { input: `test.cluster.in.${id}`, output: `test.cluster.out.${id}` };
  await log.applyTopics(Object.values(names).map((name) => ({ name, partitions: PARTITIONS, cleanup: 'delete', retentionMs: -1 })));
  return names;
}

/** Appends unique values until it is stopped; resolves to those that were acknowledged. */
function keepAppending(appender: Appender, topic: string): { stop(): Promise<readonly string[]> } {
  let stopping = false;
  const acknowledged: string[] = [];
  async function append(writer: number): Promise<void> {
    for (let count = 0; !stopping; count += 1) {
      const value = `w${writer}-${count}`;
      const outcome = await appender.append({ topic, key: Buffer.from(`key-${count % 40}`), value: Buffer.from(value) });
      if (outcome.ok) acknowledged.push(value);
      else await delay(50);
    }
  }
  const writers = Promise.all(Array.from({ length: 20 }, (_, writer) => append(writer)));
  return {
    async stop() {
      stopping = true;
      await writers;
      return acknowledged;
    },
  };
}

describe('a processor of two members while leaders move, a broker is killed and a member leaves', () => {
  let topics: { input: string; output: string };
  let acknowledged: readonly string[];
  let read: readonly string[];

  const processor = (): Promise<Processor> =>
    log.processor({
      groupId: topics.input,
      topics: [topics.input],
      outputTopics: [topics.output],
      process: ({ key, value }) => [{ records: [{ topic: topics.output, key: key ?? Buffer.alloc(0), value }] }],
    });

  beforeAll(async () => {
    topics = await createTopics();
    const appender = await log.appender();
    const members = [await processor(), await processor()];
    const writers = keepAppending(appender, topics.input);
    await shake(cluster, { rounds: 4 });
    await members[1]?.stop();
    members.push(await processor());
    await moveSeveralTimes(cluster, 4);
    acknowledged = await writers.stop();
    await appender.stop();
    const admin = await log.admin();
    for (;;) {
      const [ends, committed] = [await admin.endOffsets(topics.input), await admin.committed(topics.input, topics.input)];
      const at = new Map(committed.map(({ partition, offset }) => [partition, offset]));
      if (ends.every(({ partition, offset }) => offset === 0n || at.get(partition) === offset)) break;
      await delay(200);
    }
    await admin.stop();
    await Promise.all(members.map((member) => member.stop()));
    await cluster.untilInSync();
    read = await readWithJava(cluster.bootstrap, topics.output);
  });

  it('finds every acknowledged record of the appender in the input once and only once', async () => {
    expect(acknowledged.length).toBeGreaterThan(500);
    expect(judge(acknowledged, await readWithJava(cluster.bootstrap, topics.input))).toMatchObject({ missing: [], duplicated: [] });
  });

  it.skipIf(python === undefined)('finds them with librdkafka as well', async () => {
    expect(judge(acknowledged, await readWithPython(cluster.bootstrap, topics.input))).toMatchObject({ missing: [], duplicated: [] });
  });

  it('writes the output of every input once and only once', async () => {
    const input = await readWithJava(cluster.bootstrap, topics.input);
    expect(input.length).toBeGreaterThan(500);
    expect(judge(input, read)).toEqual({ acknowledged: input.length, missing: [], duplicated: [] });
    expect(read.length).toBe(input.length);
  });

  it.skipIf(python === undefined)('is read the same by librdkafka', async () => {
    const other = await readWithPython(cluster.bootstrap, topics.output);
    expect(other.toSorted()).toEqual(read.toSorted());
  });
});

describe('an appender while all brokers are gone', () => {
  it('answers at once that the log is unavailable, and writes again without a restart when they are back', async () => {
    const { input: topic } = await createTopics();
    const appender = await log.appender({ maxQueuedRecords: 500 });
    const append = (value: string, deadlineMs = 1_500) =>
      appender.append({ topic, key: Buffer.from('key'), value: Buffer.from(value) }, { deadlineMs });
    const acknowledged: string[] = [];
    const record = async (value: string, deadlineMs?: number): Promise<string> => {
      const outcome = await append(value, deadlineMs);
      if (outcome.ok) acknowledged.push(value);
      return outcome.ok ? 'ok' : outcome.code;
    };
    // The first has to connect, to a topic that has just been made.
    expect(await record('before', 30_000)).toBe('ok');
    await Promise.all(cluster.ids.map((id) => cluster.kill(id)));
    const codes = new Set<string>();
    for (let count = 0; appender.available() || count < 20; count += 1) codes.add(await record(`gone-${count}`));
    expect(codes).not.toContain('ok');
    expect(await append('refused')).toMatchObject({ ok: false, code: 'ERR_LOG_UNAVAILABLE' });
    await Promise.all(cluster.ids.map((id) => cluster.restart(id)));
    for (let count = 0; (await record(`back-${count}`)) !== 'ok'; count += 1) await delay(100);
    expect(appender.available()).toBe(true);
    await appender.stop();
    await cluster.untilInSync();
    expect(judge(acknowledged, await readWithJava(cluster.bootstrap, topic))).toMatchObject({ missing: [], duplicated: [] });
  });
});
