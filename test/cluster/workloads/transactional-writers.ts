import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '../../../packages/event-log/src/client.ts';

export interface TransactionalWriters {
  /** Values of transactions whose commit was acknowledged so far. */
  readonly committed: readonly string[];
  /** Partition of each record that was written in a transaction that was never committed. */
  readonly aborted: readonly number[];
  /** Ends them after the transactions that are going on. */
  stop(): Promise<void>;
}

const RETRY = { initialRetryTime: 20, maxRetryTime: 500, retries: 50 };
const BATCHES = 3;

/**
 * Writers with a transactional id each, whose transactions over all partitions overlap: some are committed, some are
 * aborted, and some are left open until the next holder of the id takes it. The value of a record names its partition and
 * whether it was ever to be seen: `c<partition> …` or `a<partition> …`.
 */
export function startTransactionalWriters(options: {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly partitions: number;
  readonly writers: number;
}): TransactionalWriters {
  const { topic, partitions } = options;
  const client = createClient({ brokers: options.brokers, clientId: 'workload' });
  const committed: string[] = [];
  const aborted: number[] = [];
  let stopping = false;

  function openProducer(transactionalId: string) {
    const createPartitioner =
      () =>
      ({ message }: { message: { partition?: number } }): number =>
        message.partition ?? 0;
    return client.open({ retry: RETRY }).producer({ createPartitioner, retry: RETRY, transactionalId, transactionTimeout: 10_000 });
  }

  async function write(writer: number): Promise<void> {
    for (let count = 0; !stopping; ) {
      const producer = openProducer(`${topic}.${writer}`);
      try {
        await producer.connect();
        for (let open = true; open && !stopping; count += 1) open = await runTransaction(producer, `${writer}-${count}`, count % 4);
      } catch {
        // A producer that failed is given up; the next one takes its id.
        count += 1;
        await delay(50);
      } finally {
        await producer.disconnect().catch(() => undefined);
      }
    }
    await endWhatIsOpen(writer);
  }

  /** Taking the id aborts it. */
  async function endWhatIsOpen(writer: number): Promise<void> {
    const producer = openProducer(`${topic}.${writer}`);
    await producer.connect();
    await (await producer.transaction()).abort();
    await producer.disconnect();
  }

  /** False when the transaction was left open. */
  async function runTransaction(producer: ReturnType<typeof openProducer>, name: string, fate: number): Promise<boolean> {
    const commit = fate === 0 || fate === 2;
    const transaction = await producer.transaction();
    const values: string[] = [];
    try {
      for (let batch = 0; batch < BATCHES; batch += 1) {
        const messages = Array.from({ length: partitions }, (_, partition) => ({
          partition,
          value: `${commit ? 'c' : 'a'}${partition} ${name}-${batch}`,
        }));
        await transaction.sendBatch({ acks: -1, topicMessages: [{ topic, messages }] });
        values.push(...messages.map(({ value }) => value));
        if (!commit) aborted.push(...messages.map(({ partition }) => partition));
        await delay(randomInt(40));
      }
    } catch (error) {
      await transaction.abort().catch(() => undefined);
      throw error;
    }
    if (commit) {
      await transaction.commit();
      committed.push(...values);
    } else if (fate === 1) {
      await transaction.abort();
    }
    return fate !== 3;
  }

  const writing = Promise.all(Array.from({ length: options.writers }, (_, writer) => write(writer)));
  return {
    committed,
    aborted,
    async stop() {
      stopping = true;
      await writing;
    },
  };
}
