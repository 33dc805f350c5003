import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createKafkaLog } from '../../packages/event-log/src/kafka-log.ts';
import { type ClientOptions, createClient } from '../../packages/event-log/src/kafkajs/client/client.ts';
import { silentLogger } from '../../packages/event-log/src/logger.ts';
import { createProcessor } from '../../packages/event-log/src/processor/processor.ts';
import { describeWithBroker, uniqueTopic } from '../support/broker.ts';

const PATIENCE_MS = 5_000;

describeWithBroker('a processor of a partition that ends in the marker of a transaction', (brokers) => {
  it('keeps its member while nothing is written', async () => {
    const warnings: string[] = [];
    const options: ClientOptions = {
      brokers,
      clientId: 'test',
      logger: { ...silentLogger, warn: (_fields, message) => void warnings.push(message) },
    };
    const log = createKafkaLog(options);
    const [input, output] = [uniqueTopic('in'), uniqueTopic('out')];
    await log.applyTopics(
      [input, output].map((name) => ({ name, partitions: 1, cleanup: 'delete', retentionMs: 3_600_000 })),
      { replicationFactor: 1 },
    );
    const writer = await log.fencedWriter(input);
    const write = async (): Promise<void> => {
      expect(await writer.run(async () => [{ topic: input, key: Buffer.from('k'), value: Buffer.from('v') }])).toMatchObject({ ok: true });
    };
    let processed = 0;
    await write();
    const processor = await createProcessor(
      createClient(options),
      {
        groupId: input,
        topics: [input],
        outputTopics: [output],
        process: () => {
          processed += 1;
          return [];
        },
      },
      { watchdog: { intervalMs: 100, patienceMs: PATIENCE_MS } },
    );
    try {
      // The first record may come with its marker, the second comes before it.
      while (processed < 1) await delay(20);
      await delay(2 * PATIENCE_MS);
      await write();
      while (processed < 2) await delay(20);
      await delay(2 * PATIENCE_MS);
      expect(warnings).not.toContain('the consumer of the group is replaced');
    } finally {
      await processor.stop();
      await writer.stop();
    }
  });
});
