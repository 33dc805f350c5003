/**
 * A child process that writes unique values with kafkajs's own producer API until told to stop, and prints each value
 * that was acknowledged. `ours` runs kafkajs as this project does, `stock` as it is installed: the same program either way.
 */
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka, Producer, ProducerConfig } from 'kafkajs';
import { createClient } from '../../../packages/event-log/src/client.ts';

const [modules, mode, bootstrap = '', topic = '', partitionCount] = process.argv.slice(2);
const brokers = bootstrap.split(',');
const partitions = Number(partitionCount);
const BATCH_RECORDS = 48;
const RETRY = { initialRetryTime: 20, maxRetryTime: 500, retries: 50 };

function openKafka(): Kafka {
  if (modules === 'ours') return createClient({ brokers, clientId: 'workload' }).open({ retry: RETRY });
  const kafkajs = createRequire(import.meta.resolve('../../../packages/event-log/src/client.ts'))('kafkajs') as typeof import('kafkajs');
  return new kafkajs.Kafka({ brokers, clientId: 'workload', retry: RETRY, logLevel: kafkajs.logLevel.NOTHING });
}

let stopping = false;
process.stdin.on('data', () => {
  stopping = true;
});

const createPartitioner =
  () =>
  ({ message }: { message: { partition?: number } }): number =>
    message.partition ?? 0;

let sent = 0;
function nextBatch(): { topicMessages: { topic: string; messages: { value: string; partition: number }[] }[]; values: string[] } {
  const values = Array.from({ length: BATCH_RECORDS }, () => `v${sent++}`);
  return { values, topicMessages: [{ topic, messages: values.map((value, index) => ({ value, partition: index % partitions })) }] };
}

/** One call after another, over all partitions. */
async function sendIdempotent(producer: Producer): Promise<void> {
  const { values, topicMessages } = nextBatch();
  await producer.sendBatch({ acks: -1, topicMessages });
  report(values);
}

/** One transaction right after another. */
async function sendTransaction(producer: Producer): Promise<void> {
  const { values, topicMessages } = nextBatch();
  const transaction = await producer.transaction();
  await transaction.sendBatch({ acks: -1, topicMessages });
  await transaction.commit();
  report(values);
}

/** A producer that failed is given up, as its users are told to. */
async function run(settings: ProducerConfig, send: (producer: Producer) => Promise<void>): Promise<void> {
  while (!stopping) {
    const producer = openKafka().producer({ createPartitioner, retry: RETRY, ...settings });
    try {
      await producer.connect();
      while (!stopping) await send(producer);
    } catch {
      await delay(100);
    } finally {
      await producer.disconnect().catch(() => undefined);
    }
  }
}

function report(values: readonly string[]): void {
  process.stdout.write(`${values.join('\n')}\n`);
}

if (mode === 'transactions') await run({ transactionalId: topic, transactionTimeout: 10_000 }, sendTransaction);
else await run({ idempotent: true }, sendIdempotent);
process.exit(0);
