import type { KafkaLog } from '@switchboard/event-log';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createClient } from '../../packages/event-log/src/kafkajs/client/client.ts';
import { aroundEndOfTransaction } from '../chaos/entries/around-commit.ts';
import { describeWithBroker } from '../support/broker.ts';
import { openCopiedTopics } from '../support/copied-topics.ts';
import { startFormerWriter } from '../support/former-writer.ts';
import { eventually } from '../support/test-stack.ts';

/** A record continued at the cursor “half”, as that version wrote it. */
const HALF_DONE = 'U3dDAWhhbGY=';
const PARTITIONS = 3;
const PER_PARTITION = 20;
/** Far below the transaction timeout of the former version, 10 s, so that waiting for it would show. */
const AT_ONCE_MS = 60_000;

describeWithBroker('a group of the version with a transactional id for each partition', (brokers) => {
  let log: KafkaLog;
  let input: string;
  let output: string;
  let written: readonly string[];
  const undo: (() => unknown)[] = [];

  beforeEach(async () => {
    const topics = await openCopiedTopics(brokers, PARTITIONS);
    ({ log, input, output, written } = topics);
    undo.push(topics.stop);
    const appender = await log.appender();
    for (let number = 0; number < PER_PARTITION * PARTITIONS; number += 1) {
      const partition = number % PARTITIONS;
      const value = Buffer.from(`${partition}:${Math.floor(number / PARTITIONS)}`);
      expect(await appender.append({ topic: input, partition, key: Buffer.from('k'), value })).toMatchObject({ ok: true });
    }
    await appender.stop();
  });

  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  it('continues at its offsets and cursors, and a transaction that was left open is aborted: each record once', {
    timeout: 180_000,
  }, async () => {
    const former = startFormerWriter(createClient({ brokers, clientId: 'former' }), { group: input, input, output });
    undo.push(() => former.close());
    // Partition 0: committed. Partition 1: committed within a record. Partition 2: a transaction with output and offset is left open.
    await former.commit(0, { from: 0, to: 5 });
    await former.commit(1, { from: 0, to: 7, metadata: HALF_DONE });
    await former.commit(2, { from: 0, to: 3 });
    aroundEndOfTransaction(async ({ request, ask }) => {
      if (request.transactionalId === `${input}.${input}.2`) throw new Error('the process died');
      return ask();
    });
    await expect(former.commit(2, { from: 3, to: 9 })).rejects.toThrow();

    const cursors: (string | undefined)[] = [];
    const processor = await log.processor({
      groupId: input,
      topics: [input],
      outputTopics: [output],
      process: ({ key, value, partition, offset }, cursor) => {
        if (partition === 1 && offset === 7n) cursors.push(cursor);
        return [{ records: [{ topic: output, partition, key: key ?? Buffer.alloc(0), value }] }];
      },
    });
    undo.push(() => processor.stop());
    await eventually(() => written.length >= PER_PARTITION * PARTITIONS || undefined, AT_ONCE_MS);
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      expect(written.filter((value) => value.startsWith(`${partition}:`))).toEqual(
        Array.from({ length: PER_PARTITION }, (_, number) => `${partition}:${number}`),
      );
    }
    expect(cursors).toEqual(['half']);
  });
});
