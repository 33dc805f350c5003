import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKafkaLog, type KafkaLog } from '../../packages/event-log/src/kafka-log.ts';
import type { Reader } from '../../packages/event-log/src/log.ts';
import { type Cluster, startCluster } from '../../packages/local-stack/src/index.ts';
import { python } from '../support/foreign-clients.ts';
import { readWithJava, readWithPython } from './readers/read-committed.ts';
import { type Counters, startCounters } from './workloads/counters.ts';
import { moveSeveralTimes, shake } from './workloads/faults.ts';
import { type SlowGroup, startSlowGroup } from './workloads/slow-group.ts';
import { startTransactionalWriters, type TransactionalWriters } from './workloads/transactional-writers.ts';
import { judge } from './workloads/verdict.ts';

// One run of faults for all readers: what they are to show is shown under the same load.

const PARTITIONS = 12;
const CATCH_UP_MS = 60_000;
const MIN_COMMITTED = 600;
const MIN_COUNTED = 12;

let cluster: Cluster;
let log: KafkaLog;
let topics: { transactions: string; counter: string };
let writers: TransactionalWriters;
let counters: Counters;
let group: SlowGroup;
let gapsSeen = false;
let committed: readonly bigint[];
let ends: readonly bigint[];
/** Read while it was written. */
const live: string[] = [];
let byJava: readonly string[];

beforeAll(async () => {
  cluster = await startCluster();
  log = createKafkaLog({ brokers: [...cluster.brokers], clientId: 'test' });
  const id = randomBytes(6).toString('hex');
  topics = { transactions: `test.cluster.tx.${id}`, counter: `test.cluster.counter.${id}` };
  await log.applyTopics([
    { name: topics.transactions, partitions: PARTITIONS, cleanup: 'delete', retentionMs: -1 },
    { name: topics.counter, partitions: 1, cleanup: 'delete', retentionMs: -1 },
  ]);
  const reader = await read(live);
  writers = startTransactionalWriters({ brokers: cluster.brokers, topic: topics.transactions, partitions: PARTITIONS, writers: 4 });
  counters = startCounters(log, { topic: topics.counter, writers: 2 });
  group = startSlowGroup(log, { groupId: topics.transactions, topics: [topics.transactions] });
  await Promise.all([group.join(), group.join()]);

  const stopLooking = keepLookingForGaps();
  await until(() => group.handedOver.length > 0 && counters.counted.length > 0);
  await moveSeveralTimes(cluster, 2);
  await group.leaveAtOnce();
  await group.join();
  await shake(cluster, { rounds: 2 });
  await until(() => writers.committed.length >= MIN_COMMITTED && counters.counted.length >= MIN_COUNTED);
  await Promise.all([writers.stop(), counters.stop()]);
  await stopLooking();

  await cluster.untilInSync();
  await ledByAll();
  byJava = await readWithJava(cluster.bootstrap, topics.transactions);
  await untilCommitted();
  await group.stop();
  await until(() => live.length >= byJava.length);
  await reader.stop();
});

afterAll(async () => {
  await cluster?.close();
});

async function read(values: string[]): Promise<Reader> {
  return await log.reader({
    topics: [topics.transactions],
    from: 'beginning',
    onRecords: (records) => void values.push(...records.map(({ value }) => `${value}`)),
  });
}

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + CATCH_UP_MS; Date.now() < deadline && !(await done()); ) await delay(100);
}

/** Gaps stand in the metadata of a commit. */
function keepLookingForGaps(): () => Promise<void> {
  let looking = true;
  const looked = (async () => {
    const admin = await log.admin();
    while (looking && !gapsSeen) {
      const found = await admin.committed(topics.transactions, topics.transactions).catch(() => []);
      gapsSeen = found.some(({ metadata }) => metadata !== '');
      await delay(200);
    }
    await admin.stop();
  })();
  return async () => {
    looking = false;
    await looked;
  };
}

async function untilCommitted(): Promise<void> {
  const admin = await log.admin();
  await until(async () => {
    const found = await admin.committed(topics.transactions, topics.transactions);
    committed = found.map(({ offset }) => offset);
    ends = (await admin.endOffsets(topics.transactions)).map(({ offset }) => offset);
    return `${committed}` === `${ends}`;
  });
  await admin.stop();
}

/** Each broker leads some of the partitions. */
async function ledByAll(): Promise<void> {
  await until(async () => {
    const leaders = new Set((await cluster.partitions(topics.transactions)).map(({ leader }) => leader));
    if (leaders.size === cluster.ids.length) return true;
    await cluster.moveLeaders(topics.transactions);
    return false;
  });
}

/** In the order of each partition, one partition after the other. */
function byPartition(values: readonly string[]): readonly string[] {
  const partitionOf = (value: string): number => Number(value.slice(1, value.indexOf(' ')));
  return values.toSorted((a, b) => partitionOf(a) - partitionOf(b));
}

describe('committed records among transactions that abort, while leaders move and a broker is killed', () => {
  it('are read by a reader that was there from the start as by Kafka’s own client', () => {
    expect(judge(writers.committed, byJava)).toMatchObject({ missing: [], duplicated: [] });
    expect(writers.committed.length).toBeGreaterThanOrEqual(MIN_COMMITTED);
    expect(byPartition(live)).toEqual(byPartition(byJava));
  });

  it('are read from the beginning as by Kafka’s own client, from three brokers with aborted records on each', async () => {
    const leaders = await cluster.partitions(topics.transactions);
    const aborted = new Set(writers.aborted);
    expect(leaders.every(({ partition }) => aborted.has(partition))).toBe(true);
    expect(new Set(leaders.map(({ leader }) => leader)).size).toBe(3);
    const values: string[] = [];
    const reader = await read(values);
    await reader.caughtUp;
    await reader.stop();
    expect(values.filter((value) => value.startsWith('a'))).toEqual([]);
    expect(byPartition(values)).toEqual(byPartition(byJava));
  });

  it.skipIf(python === undefined)('are read the same by librdkafka', async () => {
    expect(byPartition(await readWithPython(cluster.bootstrap, topics.transactions))).toEqual(byPartition(byJava));
  });
});

describe('a consumer group whose work ends out of order, while leaders move, a broker is killed and a member leaves', () => {
  it('hands over every committed record, and none that was aborted', () => {
    const [handedOver, expected] = [new Set(group.handedOver), new Set(byJava)];
    expect([...expected].filter((value) => !handedOver.has(value))).toEqual([]);
    expect([...handedOver].filter((value) => !expected.has(value))).toEqual([]);
  });

  it('commits up to the end, over gaps', () => {
    expect(gapsSeen).toBe(true);
    expect(committed).toHaveLength(PARTITIONS);
    expect(committed).toEqual(ends);
  });
});

describe('two writers that fence each other while leaders move and a broker is killed', () => {
  it('count without leaving out a number or writing one twice', async () => {
    const written = (await readWithJava(cluster.bootstrap, topics.counter)).map(Number);
    expect(written).toEqual(written.map((_, index) => index + 1));
    expect(counters.counted.filter((number) => !written.includes(number))).toEqual([]);
    expect(new Set(counters.counted).size).toBe(counters.counted.length);
    expect(counters.counted.length).toBeGreaterThanOrEqual(MIN_COUNTED);
    expect(counters.refused.get('ERR_LOG_FENCED') ?? 0).toBeGreaterThan(0);
  });
});
