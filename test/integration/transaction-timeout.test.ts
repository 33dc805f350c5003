import { setTimeout as delay } from 'node:timers/promises';
import { createKafkaLog, type LogLogger } from '@switchboard/event-log';
import { expect, it } from 'vitest';
import { createClient } from '../../packages/event-log/src/kafkajs/client/client.ts';
import { createProcessor } from '../../packages/event-log/src/processor/processor.ts';
import { openTransactionalProducer } from '../../packages/event-log/src/produce/transaction/transactional-producer.ts';
import { aroundEndOfTransaction } from '../chaos/entries/around-commit.ts';
import { describeWithBroker, uniqueTopic } from '../support/broker.ts';
import { eventually } from '../support/test-stack.ts';

const TIMEOUT_MS = 1_000;
/** Longer than the timeout and the time until the broker looks for such transactions: a second where we start it, else 10 s. */
const LATE_MS = 13_000;
const RECORDS = 60;

describeWithBroker('transactions that exceed their time', (brokers) => {
  it('are tried with half of their records and grow again, are reported as timed out and not as fenced, and repeat nothing', {
    timeout: 300_000,
  }, async () => {
    const log = createKafkaLog({ brokers, clientId: 'test' });
    const [input, output] = [uniqueTopic('in'), uniqueTopic('out')];
    const topic = (name: string) => ({ name, partitions: 1, cleanup: 'delete', retentionMs: 3_600_000 }) as const;
    await log.applyTopics([topic(input), topic(output)], { replicationFactor: 1 });
    const values: string[] = [];
    const reader = await log.reader({
      topics: [output],
      from: 'beginning',
      onRecords: (records) => void values.push(...records.map(({ value }) => `${value}`)),
    });
    const appender = await log.appender();
    const append = (from: number, count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, index) =>
          appender.append({ topic: input, key: Buffer.from('k'), value: Buffer.from(`${from + index}`) }),
        ),
      );
    await append(0, RECORDS);

    const tried: number[] = [];
    const codes: unknown[] = [];
    const logger: LogLogger = {
      debug: () => undefined,
      info: () => undefined,
      warn: (fields) => void codes.push((fields as { code?: unknown }).code),
      error: () => undefined,
    };
    let [takenOver, timedOut] = [0, 0];
    let longestRecords = 2;
    // A broker that takes long for a transaction of more than 2 records.
    aroundEndOfTransaction(async ({ request, ask }) => {
      if (request.transactionalId.startsWith(input) && (tried.at(-1) ?? 0) > longestRecords) await delay(LATE_MS);
      return ask();
    });
    const processor = await createProcessor(
      createClient({ brokers, clientId: 'slow', logger }),
      {
        groupId: input,
        topics: [input],
        outputTopics: [output],
        bounds: { maxRecords: 8 },
        process: ({ key, value }) => [{ records: [{ topic: output, key: key ?? Buffer.alloc(0), value }] }],
        onTakenOver: () => {
          takenOver += 1;
        },
        onTimedOut: () => {
          timedOut += 1;
        },
      },
      {
        openProducer: async (client, options) => {
          const producer = await openTransactionalProducer(client, { ...options, transactionTimeoutMs: TIMEOUT_MS });
          return {
            ...producer,
            async run(transaction) {
              tried.push(transaction.records.length);
              return producer.run(transaction);
            },
          };
        },
      },
    );
    try {
      await eventually(() => values.length > 0 || undefined, 120_000);
      longestRecords = 8;
      await eventually(() => values.length >= RECORDS || undefined, 120_000);
      expect(tried.slice(0, 3)).toEqual([8, 4, 2]);
      // 8 transactions of 2 records, 8 of 4 records, then the bound.
      await append(RECORDS, 2 * RECORDS);
      await eventually(() => values.length >= 3 * RECORDS || undefined, 120_000);
      expect(Math.max(...tried.slice(3))).toBe(8);
      expect(values).toEqual(Array.from({ length: 3 * RECORDS }, (_, index) => `${index}`));
      expect([takenOver, timedOut]).toEqual([0, 2]);
      expect(codes.filter((code) => code !== undefined)).toEqual(Array(2).fill('ERR_LOG_TRANSACTION_TIMED_OUT'));
    } finally {
      await processor.stop();
      await appender.stop();
      await reader.stop();
    }
  });
});
