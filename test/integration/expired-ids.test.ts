import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Appender, createKafkaLog, type KafkaLog } from '@switchboard/event-log';
import { type Kafka, startKafka } from '@switchboard/local-stack';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createClient } from '../../packages/event-log/src/kafkajs/client/client.ts';
import { createProcessor } from '../../packages/event-log/src/processor/processor.ts';
import { openTransactionalProducer } from '../../packages/event-log/src/produce/transaction/transactional-producer.ts';
import { ensureKafka } from '../../packages/local-stack/src/cache/cache.ts';
import { choosePorts } from '../../packages/local-stack/src/host/ports.ts';
import { uniqueTopic } from '../support/broker.ts';
import { eventually } from '../support/test-stack.ts';

vi.setConfig({ hookTimeout: 120_000 });

const run = promisify(execFile);

/** After which the broker forgets the transactional id of who wrote nothing; seven days unless set. */
const EXPIRY_MS = 2_000;
/** The same for the id of a producer, one day unless set: longer than a look at it takes on a busy machine, for a JVM starts for it. */
const PRODUCER_EXPIRY_MS = 15_000;
const CHECK_MS = 500;
/** Long enough for an id to be gone, and for the record that says so to be written. */
const idleMs = (expiryMs: number): number => expiryMs + 4 * CHECK_MS + 1_000;

const topic = (name: string) => ({ name, partitions: 1, cleanup: 'delete', retentionMs: 3_600_000 }) as const;

let directory: string;
let kafka: Kafka;
let log: KafkaLog;
let appender: Appender;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'switchboard-expiry-'));
  const wish = { purpose: 'a broker of tests', preferred: 20_000 + Math.floor(Math.random() * 10_000) };
  const { port, controllerPort } = await choosePorts({ port: wish, controllerPort: wish });
  const settings = {
    'transactional.id.expiration.ms': String(EXPIRY_MS),
    'transaction.remove.expired.transaction.cleanup.interval.ms': String(CHECK_MS),
    'producer.id.expiration.ms': String(PRODUCER_EXPIRY_MS),
    'producer.id.expiration.check.interval.ms': String(CHECK_MS),
  };
  kafka = await startKafka({ dataDir: directory, port, controllerPort, settings });
  log = createKafkaLog({ brokers: kafka.brokers, clientId: 'switchboard-tests' });
  appender = await log.appender();
});

afterAll(async () => {
  await appender?.stop();
  await kafka?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function valuesOf(name: string): Promise<readonly string[]> {
  const values: string[] = [];
  const reader = await log.reader({
    topics: [name],
    from: 'beginning',
    onRecords: (more) => void values.push(...more.map(({ value }) => `${value}`)),
  });
  await reader.caughtUp;
  await reader.stop();
  return values;
}

/** How many producers the broker knows of the topic's partition, as Kafka's own client is told. */
async function knownProducers(name: string): Promise<number> {
  const { directory: program, java } = await ensureKafka();
  const source = fileURLToPath(new URL('processes/CountProducers.java', import.meta.url));
  const args = ['-cp', `${program}/libs/*`, '-Dlog4j2.level=OFF', source, kafka.bootstrap, name];
  return Number((await run(java.command, args)).stdout);
}

async function append(to: string, value: string): Promise<void> {
  expect(await appender.append({ topic: to, key: Buffer.from('k'), value: Buffer.from(value) })).toMatchObject({ ok: true });
}

describe('ids that the brokers have forgotten', () => {
  it('are taken again by a processor that was idle for long: each record is written once', async () => {
    const [input, output] = [uniqueTopic('in'), uniqueTopic('out')];
    await log.applyTopics([topic(input), topic(output)], { replicationFactor: 1 });
    let taken = 0;
    const processor = await createProcessor(
      createClient({ brokers: [kafka.bootstrap], clientId: 'idle' }),
      {
        groupId: input,
        topics: [input],
        outputTopics: [output],
        process: ({ value }) => [{ records: [{ topic: output, key: Buffer.from('k'), value }] }],
      },
      {
        openProducer: (client, options) => {
          taken += 1;
          return openTransactionalProducer(client, options);
        },
      },
    );
    try {
      for (const value of ['before', 'after', 'once more']) {
        await append(input, value);
        await eventually(async () => ((await valuesOf(output)).includes(value) ? true : undefined), 30_000);
        await delay(idleMs(EXPIRY_MS));
      }
      expect(await valuesOf(output)).toEqual(['before', 'after', 'once more']);
      // Were the id still known, it would have been taken once.
      expect(taken).toBeGreaterThan(1);
      expect(processor.healthy()).toBe(true);
    } finally {
      await processor.stop();
    }
  });

  it('do not keep an idempotent appender from going on: each record stands once, in order', { timeout: 120_000 }, async () => {
    const name = uniqueTopic('appended');
    await log.applyTopics([topic(name)], { replicationFactor: 1 });
    await append(name, 'before');
    expect(await knownProducers(name)).toBe(1);
    for (const value of ['after', 'once more']) {
      await delay(idleMs(PRODUCER_EXPIRY_MS));
      expect(await knownProducers(name)).toBe(0);
      await append(name, value);
    }
    expect(await valuesOf(name)).toEqual(['before', 'after', 'once more']);
  });
});
