import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKafkaLog, type KafkaLog } from '../../packages/event-log/src/kafka-log.ts';
import { createClient } from '../../packages/event-log/src/kafkajs/client/client.ts';
import { openTransactionalProducer } from '../../packages/event-log/src/produce/transaction/transactional-producer.ts';
import { type Cluster, startCluster } from '../../packages/local-stack/src/index.ts';
import { aroundEndOfTransaction } from '../chaos/entries/around-commit.ts';
import { impatientEnd } from '../chaos/entries/impatient-end.ts';
import { python } from '../support/foreign-clients.ts';
import { type KafkaProxy, startKafkaProxy } from '../support/kafka-proxy.ts';
import type { ProxyRule } from '../support/kafka-proxy-connection.ts';
import { type ReadCommitted, readWithJava, readWithPython } from './readers/read-committed.ts';

const PARTITIONS = 12;
/** Each input value makes two. */
const RECORDS_AT_ONCE = 10;
const TIMEOUT_MS = 1_000;
/** Longer than the timeout: the end of one transaction arrives while a later one is open. */
const LATE_MS = 2_500;

/** Every second end of a transaction comes to harm, a quarter of them in each way. */
const harms: readonly ProxyRule[] = [
  { api: 'endTxn', action: 'hold-request', oneIn: 8, delayMs: LATE_MS },
  { api: 'endTxn', action: 'delay-answer', oneIn: 6, delayMs: LATE_MS },
  { api: 'endTxn', action: 'drop-answer', oneIn: 6 },
  { api: 'endTxn', action: 'cut-answer', oneIn: 5 },
  // Output and offset of a transaction arrive apart: what tears it between them shows.
  { api: 'txnOffsetCommit', action: 'hold-request', oneIn: 3, delayMs: 200 },
];
/** Ends that come to harm. */
const ENDS = Number(process.env.END_TXN_HARMED || 250);
const PER_PARTITION = Math.round(ENDS * 1.2);

let proxy: KafkaProxy;
let cluster: Cluster;
let log: KafkaLog;

beforeAll(async () => {
  aroundEndOfTransaction(impatientEnd({ timeoutMs: TIMEOUT_MS, blind: () => false }));
  proxy = await startKafkaProxy({ brokers: 3, seed: 4 });
  cluster = await startCluster({ advertisedPorts: proxy.ports });
  proxy.connectTo(cluster.proxiedPorts);
  log = createKafkaLog({ brokers: [...cluster.brokers], clientId: 'test' });
});

afterAll(async () => {
  await cluster?.close();
  await proxy?.stop();
});

interface Topics {
  readonly input: string;
  /** Each input value becomes one record in each of these, on brokers of their own. */
  readonly outputs: readonly [string, string];
}

async function createTopics(): Promise<Topics> {
  const id = randomBytes(6).toString('hex');
  const topics: Topics = { input: `test.in.${id}`, outputs: [`test.out.a.${id}`, `test.out.b.${id}`] };
  const names = [topics.input, ...topics.outputs];
  await log.applyTopics(names.map((name) => ({ name, partitions: PARTITIONS, cleanup: 'delete', retentionMs: -1 })));
  return topics;
}

async function fill(topic: string, perPartition: number): Promise<void> {
  const appender = await log.appender({ maxQueuedRecords: PARTITIONS * perPartition });
  const key = Buffer.from('key');
  const outcomes = await Promise.all(
    Array.from({ length: PARTITIONS * perPartition }, (_, index) => {
      const partition = index % PARTITIONS;
      return appender.append({ topic, partition, key, value: Buffer.from(`${partition}:${Math.floor(index / PARTITIONS)}`) });
    }),
  );
  await appender.stop();
  expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
}

/** Ends of transactions that have come to harm so far, by the way. */
function harmed(): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(proxy.counts()).filter(([name]) => name.startsWith('endTxn')));
}
const harmedInAll = (): number => Object.values(harmed()).reduce((sum, count) => sum + count, 0);

/**
 * Every so often another process takes the id of a member and releases it, as a restart does: what a late end has torn apart shows when the
 * member reads the committed offsets again.
 */
function takeIdsOver(group: string, everyMs: number): { stop(): Promise<void> } {
  const client = createClient({ brokers: cluster.brokers, clientId: 'other' });
  let stopped = false;
  const taking = (async () => {
    for (let turn = 0; !stopped; turn += 1) {
      const transactionalId = `${group}.${turn % PARTITIONS}`;
      // One that cannot connect leaves the id alone; the next turn comes soon.
      const other = await openTransactionalProducer(client, { transactionalId, topics: [] }).catch(() => undefined);
      await other?.close();
      await delay(everyMs);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await taking;
    },
  };
}

/** A processor for each partition copies the input into both outputs, under harm until `most` ends came to it, then to the end. */
async function copyUnderHarm(topics: Topics, most: number): Promise<number> {
  const { input, outputs } = topics;
  const proxied = createKafkaLog({ brokers: proxy.ports.map((port) => `127.0.0.1:${port}`), clientId: 'copy' });
  const before = harmedInAll();
  proxy.setRules(harms);
  const members = await Promise.all(
    Array.from({ length: PARTITIONS }, (_, instance) =>
      proxied.processor({
        groupId: input,
        instanceId: `${instance}`,
        topics: [input],
        outputTopics: [...outputs],
        bounds: { maxRecords: RECORDS_AT_ONCE },
        process: ({ partition, key, value }) => [
          {
            records: outputs.map((topic, index) => ({
              ...{ topic, value, key: key ?? Buffer.alloc(0) },
              partition: (partition + index * 5) % PARTITIONS,
            })),
          },
        ],
      }),
    ),
  );
  const others = takeIdsOver(input, 500);
  const admin = await log.admin();
  for (;;) {
    if (harmedInAll() - before >= most) proxy.setRules([]);
    const [ends, committed] = [await admin.endOffsets(input), await admin.committed(input, input)];
    const at = new Map(committed.map(({ partition, offset }) => [partition, offset]));
    if (ends.every(({ partition, offset }) => at.get(partition) === offset)) break;
    await delay(200);
  }
  proxy.setRules([]);
  await others.stop();
  await admin.stop();
  await Promise.all(members.map((member) => member.stop()));
  // The last that was held has arrived.
  await delay(LATE_MS);
  return harmedInAll() - before;
}

/** Numbers of the input values that stand in an output, by input partition, in the order in which they stand there. */
async function readOutput(read: ReadCommitted, topic: string): Promise<readonly (readonly number[])[]> {
  const numbers: number[][] = Array.from({ length: PARTITIONS }, () => []);
  for (const value of await read(cluster.bootstrap, topic)) {
    const [partition, number] = value.split(':').map(Number) as [number, number];
    numbers[partition]?.push(number);
  }
  return numbers;
}

const wholeInput = (perPartition: number): readonly (readonly number[])[] =>
  Array.from({ length: PARTITIONS }, () => Array.from({ length: perPartition }, (_, number) => number));

describe('ends of transactions whose request was held or whose answer was late, lost or cut, over 12 partitions at once', () => {
  let topics: Topics;
  let count: number;

  beforeAll(async () => {
    topics = await createTopics();
    await fill(topics.input, PER_PARTITION);
    count = await copyUnderHarm(topics, ENDS);
    process.stderr.write(`came to harm: ${JSON.stringify(harmed())}\n`);
  }, 900_000);

  it('came to harm in each of the ways', () => {
    expect(count).toBeGreaterThanOrEqual(ENDS);
    for (const ways of Object.values(harmed())) expect(ways).toBeGreaterThan(ENDS / 10);
    expect(Object.keys(harmed())).toHaveLength(4);
  });

  it.each([0, 1] as const)('leave every input value once and in order in output %i: nothing torn, lost or leaked', async (index) => {
    expect(await readOutput(readWithJava, topics.outputs[index])).toEqual(wholeInput(PER_PARTITION));
  });

  it.skipIf(python === undefined)('are read the same by librdkafka', async () => {
    for (const topic of topics.outputs) expect(await readOutput(readWithPython, topic)).toEqual(wholeInput(PER_PARTITION));
  });
});
