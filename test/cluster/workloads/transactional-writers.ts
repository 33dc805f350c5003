import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '../../../packages/event-log/src/kafkajs/client/client.ts';
import {
  openTransactionalProducer,
  type TransactionalProducer,
} from '../../../packages/event-log/src/produce/transaction/transactional-producer.ts';
import { aroundEndOfTransaction } from '../../chaos/entries/around-commit.ts';

export interface TransactionalWriters {
  /** Values of transactions whose commit was acknowledged so far. */
  readonly committed: readonly string[];
  /** Partition of each record that was written in a transaction that was never committed. */
  readonly aborted: readonly number[];
  /** Ends them after the transactions that are going on. */
  stop(): Promise<void>;
}

const RECORDS = 3;

/**
 * Writers with a transactional id each, whose transactions over all partitions overlap: some are committed, the others are left open
 * until the next holder of the id takes it and are aborted then. The value of a record names its partition and
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
  /** Ids whose transaction is not to be ended. */
  const leftOpen = new Set<string>();
  aroundEndOfTransaction(async ({ request, ask }) => {
    if (leftOpen.has(request.transactionalId)) throw new Error('left open');
    return ask();
  });

  const open = (writer: number) => openTransactionalProducer(client, { transactionalId: `${topic}.${writer}`, topics: [topic] });

  /** Taking the id aborts what an earlier holder left open. */
  async function write(writer: number): Promise<void> {
    for (let count = 0; !stopping; ) {
      const producer = await open(writer).catch(() => undefined);
      if (producer === undefined) {
        await delay(50);
        continue;
      }
      try {
        for (let usable = true; usable && !stopping; count += 1) usable = await runTransaction(producer, writer, count);
      } catch {
        // A producer that failed is replaced; the next one takes its id.
        count += 1;
        await delay(50);
      } finally {
        await producer.close();
      }
    }
    await (await open(writer)).close();
  }

  /** False when the transaction was left open. */
  async function runTransaction(producer: TransactionalProducer, writer: number, count: number): Promise<boolean> {
    const fate = count % 4;
    const commit = fate === 0 || fate === 2;
    const records = Array.from({ length: RECORDS * partitions }, (_, index) => ({
      topic,
      partition: index % partitions,
      key: Buffer.alloc(0),
      value: Buffer.from(`${commit ? 'c' : 'a'}${index % partitions} ${writer}-${count}-${Math.floor(index / partitions)}`),
    }));
    if (!commit) leftOpen.add(`${topic}.${writer}`);
    try {
      await producer.run({ records });
      committed.push(...records.map(({ value }) => `${value}`));
    } catch (error) {
      if (commit) throw error;
      aborted.push(...records.map(({ partition }) => partition));
      // One in two is fenced at once, the other one stays open for a while.
      if (fate === 3) await delay(randomInt(500));
      return false;
    } finally {
      leftOpen.delete(`${topic}.${writer}`);
    }
    await delay(randomInt(40));
    return !producer.spent();
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
