import { type ChildProcess, spawn } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { exampleInstall } from '@switchboard/app-installs/testing';
import { createKafkaLog, type KafkaLog, type OutRecord, type ProcessorOptions } from '@switchboard/event-log';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createClient } from '../../packages/event-log/src/kafkajs/client/client.ts';
import { decodeCursor } from '../../packages/event-log/src/processor/cursor-metadata.ts';
import { createProcessor } from '../../packages/event-log/src/processor/processor.ts';
import { openTransactionalProducer, type Transaction } from '../../packages/event-log/src/produce/transaction/transactional-producer.ts';
import { describeWithBroker, uniqueTopic } from '../support/broker.ts';
import { countDeliveries, eventRecord, fanOutInto, installIdOf, installsOf } from '../support/fan-out-rig.ts';
import { eventually } from '../support/test-stack.ts';

const FAN_OUT = fileURLToPath(new URL('./processes/fan-out-events.ts', import.meta.url));
/** Events for 1,000 installs each; by hand 500, which is what made the fan-out stop. */
const EVENTS = Number(process.env.FAN_OUT_EVENTS || 40);
const WAIT_MS = 600_000;
/** Where a loaded machine runs the broker and this process on few cores. Before steps were bounded, 500 events took 15 s. */
const LONGEST_BLOCK_MS = 3_000;
const LONGEST_WAIT_MS = 10_000;

interface Ran {
  readonly records: number;
  readonly bytes: number;
  readonly offset: bigint | undefined;
  readonly cursor: string | undefined;
}

describeWithBroker('a fan-out to many installs', (brokers) => {
  let log: KafkaLog;
  let input: string;
  let output: string;
  const undo: (() => unknown)[] = [];

  beforeEach(async () => {
    log = createKafkaLog({ brokers, clientId: 'test' });
    [input, output] = [uniqueTopic('events'), uniqueTopic('pending')];
    const topic = (name: string, partitions: number) => ({ name, partitions, cleanup: 'delete', retentionMs: 3_600_000 }) as const;
    await log.applyTopics([topic(input, 2), topic(output, 4)], { replicationFactor: 1 });
  });

  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  async function append(...records: readonly OutRecord[]): Promise<void> {
    const appender = await log.appender();
    for (const outcome of await Promise.all(records.map((record) => appender.append(record)))) expect(outcome).toMatchObject({ ok: true });
    await appender.stop();
  }

  /** A processor that tells of each transaction before it is run, and of each that was committed. */
  async function startProcessor(options: Pick<ProcessorOptions, 'process' | 'bounds'>, onRun: (ran: Ran) => void = () => undefined) {
    const committed: Ran[] = [];
    const processor = await createProcessor(
      createClient({ brokers, clientId: 'fan-out' }),
      { groupId: input, topics: [input], outputTopics: [output], ...options },
      {
        openProducer: async (client, producerOptions) => {
          const producer = await openTransactionalProducer(client, producerOptions);
          return {
            ...producer,
            async run(transaction) {
              const positions = await producer.run(transaction);
              const ran = describeTransaction(transaction);
              committed.push(ran);
              onRun(ran);
              return positions;
            },
          };
        },
      },
    );
    undo.push(() => processor.stop());
    return { processor, committed };
  }

  async function startCount() {
    const count = await countDeliveries(log, output);
    undo.push(() => count.stop());
    return count;
  }

  it(`commits ${EVENTS} events × 1,000 installs in transactions of at most 2,000 records and 4 MiB, while events of another partition are delivered`, {
    timeout: WAIT_MS,
  }, async () => {
    await append(...Array.from({ length: EVENTS }, (_, number) => eventRecord(input, 0, 'app', number)));
    const index = installsOf(1_000, 'app');
    index.put(exampleInstall({ installId: 'other', filter: { apps: ['other-app'], tenants: null, sources: null } }));
    const count = await startCount();
    const memoryBefore = process.memoryUsage().rss;
    let memory = memoryBefore;
    const blocked = monitorEventLoopDelay({ resolution: 10 });
    const since = performance.now();
    blocked.enable();
    const { processor, committed } = await startProcessor({ process: fanOutInto(output, index) }, () => {
      memory = Math.max(memory, process.memoryUsage().rss);
    });
    const waits: number[] = [];
    const appender = await log.appender();
    while (count.deliveries() < EVENTS * 1_000 + waits.length) {
      const number = 1_000_000 + waits.length;
      await appender.append(eventRecord(input, 1, 'other-app', number));
      const appended = performance.now();
      await eventually(() => count.of(number, 'other') > 0 || undefined, WAIT_MS);
      waits.push(performance.now() - appended);
      await delay(50);
    }
    await appender.stop();
    blocked.disable();
    const figures = {
      seconds: Math.round((performance.now() - since) / 100) / 10,
      transactions: committed.length,
      mostRecords: Math.max(...committed.map(({ records }) => records)),
      mostBytes: Math.max(...committed.map(({ bytes }) => bytes)),
      others: waits.length,
      longestWaitMs: Math.round(Math.max(...waits)),
      longestBlockMs: Math.round(blocked.max / 1e6),
      memoryGrewMiB: Math.round((memory - memoryBefore) / 1_048_576),
    };
    process.stderr.write(`fan-out: ${JSON.stringify(figures)}\n`);
    expect(count.wrong(EVENTS, 1_000)).toEqual([]);
    expect(processor.healthy()).toBe(true);
    expect(figures.mostRecords).toBeLessThanOrEqual(2_000);
    expect(figures.mostBytes).toBeLessThanOrEqual(4_194_304);
    expect(figures.longestWaitMs).toBeLessThan(LONGEST_WAIT_MS);
    expect(figures.longestBlockMs).toBeLessThan(LONGEST_BLOCK_MS);
    expect(figures.memoryGrewMiB).toBeLessThan(500);
  });

  it('commits one event × 10,000 installs in transactions of at most 2,000 records, each with the last install id as its cursor', {
    timeout: WAIT_MS,
  }, async () => {
    await append(eventRecord(input, 0, 'app', 0));
    const count = await startCount();
    const { committed } = await startProcessor({ process: fanOutInto(output, installsOf(10_000, 'app')) });
    await eventually(() => count.deliveries() >= 10_000 || undefined, WAIT_MS);
    const all = await eventually(() => (committed.at(-1)?.offset === 1n ? committed : undefined), WAIT_MS);
    expect(count.wrong(1, 10_000)).toEqual([]);
    expect(Math.max(...all.map(({ records }) => records))).toBeLessThanOrEqual(2_000);
    let done = 0;
    for (const { records, offset, cursor } of all.slice(0, -1)) {
      done += records;
      expect([offset, cursor]).toEqual([0n, installIdOf(done - 1)]);
    }
    expect(all.at(-1)?.cursor).toBeUndefined();
  });

  it('is continued at the cursor after kill -9: each install has each event once', { timeout: WAIT_MS }, async () => {
    const events = 12;
    await append(...Array.from({ length: events }, (_, number) => eventRecord(input, 0, 'app', number)));
    const count = await startCount();
    const admin = await log.admin();
    undo.push(() => admin.stop());
    const start = (): ChildProcess => spawn(process.execPath, [FAN_OUT, brokers.join(','), input, output], { stdio: 'inherit' });
    const cursors: (string | undefined)[] = [];
    let child = start();
    undo.push(() => child.kill('SIGKILL'));
    for (const share of [0.1, 0.35, 0.6, 0.8]) {
      await eventually(() => count.deliveries() >= share * events * 1_000 || undefined, WAIT_MS);
      child.kill('SIGKILL');
      const [committed] = (await admin.committed(input, input)).filter(({ partition }) => partition === 0);
      const read = committed && decodeCursor(committed);
      cursors.push(read?.kind === 'cursor' ? read.cursor : undefined);
      child = start();
    }
    await eventually(() => count.deliveries() >= events * 1_000 || undefined, WAIT_MS);
    expect(count.wrong(events, 1_000)).toEqual([]);
    expect(count.deliveries()).toBe(events * 1_000);
    // 9 of 10 transactions end within an event.
    expect(cursors.some((cursor) => cursor !== undefined)).toBe(true);
  });

  it('continues with the current installs: unchanged ones receive the event once, removed ones behind the cursor never', {
    timeout: WAIT_MS,
  }, async () => {
    await append(eventRecord(input, 0, 'app', 0));
    const count = await startCount();
    const index = installsOf(1_000, 'app');
    const other = { apps: ['other-app'], tenants: null, sources: null };
    const { processor } = await startProcessor({ process: fanOutInto(output, index), bounds: { maxRecords: 100 } }, ({ cursor }) => {
      if (cursor !== installIdOf(499)) return;
      // Stopped in the middle of the event, and continued by another process with another view.
      void processor.stop();
    });
    await processor.done;
    await eventually(() => count.deliveries() >= 500 || undefined, WAIT_MS);
    index.remove(installIdOf(700));
    index.put(exampleInstall({ installId: installIdOf(800), version: 2, filter: other }));
    index.put(exampleInstall({ installId: installIdOf(300), version: 2 }));
    index.put(exampleInstall({ installId: `${installIdOf(100)}-created` }));
    index.put(exampleInstall({ installId: `${installIdOf(900)}-created` }));
    index.remove(installIdOf(499));
    await startProcessor({ process: fanOutInto(output, index), bounds: { maxRecords: 100 } });
    await eventually(() => count.of(0, installIdOf(999)) || undefined, WAIT_MS);
    await delay(500);
    const wrong = [`event 0, install 700: 0 times`, `event 0, install 800: 0 times`];
    expect(count.wrong(1, 1_000)).toEqual(wrong);
    expect([count.of(0, `${installIdOf(100)}-created`), count.of(0, `${installIdOf(900)}-created`)]).toEqual([0, 1]);
    expect(count.deliveries()).toBe(999);
  });
});

/** What a transaction has of partition 0; all of its records and bytes. */
function describeTransaction({ records, offsets }: Transaction): Ran {
  const position = offsets?.positions.find(({ partition }) => partition === 0);
  const read = position && decodeCursor(position);
  return {
    records: records.length,
    bytes: records.reduce((sum, each) => sum + sizeOf(each), 0),
    offset: position?.offset,
    cursor: read?.kind === 'cursor' ? read.cursor : undefined,
  };
}

function sizeOf({ key, value, headers = [] }: OutRecord): number {
  return key.length + (value?.length ?? 0) + headers.reduce((sum, [name, content]) => sum + name.length + content.length, 0);
}
