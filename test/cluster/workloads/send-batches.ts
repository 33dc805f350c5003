/**
 * A child process that writes unique values until told to stop, and prints each value that was acknowledged: `ours` with the Appender or
 * the transactional producer, `stock` with kafkajs's own producers.
 */
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import type { Producer, ProducerConfig } from 'kafkajs';
import { createClient } from '../../../packages/event-log/src/kafkajs/client/client.ts';
import { createAppender } from '../../../packages/event-log/src/produce/appender/appender.ts';
import { openTransactionalProducer } from '../../../packages/event-log/src/produce/transaction/transactional-producer.ts';

const [modules, mode, bootstrap = '', topic = '', partitionCount] = process.argv.slice(2);
const brokers = bootstrap.split(',');
const partitions = Number(partitionCount);
const BATCH_RECORDS = 48;
const RETRY = { initialRetryTime: 20, maxRetryTime: 500, retries: 50 };

/** Sends values, number n to partition n modulo the number of partitions; rejects unless all of them are acknowledged. */
interface Writer {
  send(values: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

let stopping = false;
process.stdin.on('data', () => {
  stopping = true;
});

const recordsOf = (values: readonly string[]) =>
  values.map((value, index) => ({ topic, partition: index % partitions, key: Buffer.alloc(0), value: Buffer.from(value) }));

async function openAppender(): Promise<Writer> {
  const appender = await createAppender(createClient({ brokers, clientId: 'workload' }));
  return {
    async send(values) {
      const outcomes = await Promise.all(recordsOf(values).map((record) => appender.append(record)));
      report(values.filter((_, index) => outcomes[index]?.ok));
    },
    close: () => appender.stop(),
  };
}

/** One transaction right after another. */
async function openTransactions(): Promise<Writer> {
  const producer = await openTransactionalProducer(createClient({ brokers, clientId: 'workload' }), {
    transactionalId: topic,
    topics: [topic],
  });
  return {
    async send(values) {
      await producer.run({ records: recordsOf(values) });
      report(values);
      if (producer.spent()) throw new Error('the producer is spent');
    },
    close: () => producer.close(),
  };
}

async function openStock(): Promise<Writer> {
  const { Kafka, logLevel } = createRequire(import.meta.resolve('../../../packages/event-log/src/kafkajs/client/client.ts'))(
    'kafkajs',
  ) as typeof import('kafkajs');
  const createPartitioner =
    () =>
    ({ message }: { message: { partition?: number } }): number =>
      message.partition ?? 0;
  const settings: ProducerConfig = mode === 'transactions' ? { transactionalId: topic, transactionTimeout: 10_000 } : { idempotent: true };
  const kafka = new Kafka({ brokers, clientId: 'workload', retry: RETRY, logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner, retry: RETRY, ...settings });
  await producer.connect();
  return {
    async send(values) {
      const messages = values.map((value, index) => ({ value, partition: index % partitions }));
      await sendStock(producer, { acks: -1, topicMessages: [{ topic, messages }] });
      report(values);
    },
    close: () => producer.disconnect(),
  };
}

async function sendStock(producer: Producer, batch: Parameters<Producer['sendBatch']>[0]): Promise<void> {
  if (mode !== 'transactions') {
    await producer.sendBatch(batch);
    return;
  }
  const transaction = await producer.transaction();
  await transaction.sendBatch(batch);
  await transaction.commit();
}

/** A producer that failed is replaced, as its users are told to. */
async function run(open: () => Promise<Writer>): Promise<void> {
  let sent = 0;
  while (!stopping) {
    let writer: Writer | undefined;
    try {
      writer = await open();
      while (!stopping) await writer.send(Array.from({ length: BATCH_RECORDS }, () => `v${sent++}`));
    } catch {
      await delay(100);
    } finally {
      await writer?.close().catch(() => undefined);
    }
  }
}

function report(values: readonly string[]): void {
  if (values.length > 0) process.stdout.write(`${values.join('\n')}\n`);
}

if (modules === 'stock') await run(openStock);
else await run(mode === 'transactions' ? openTransactions : openAppender);
process.exit(0);
