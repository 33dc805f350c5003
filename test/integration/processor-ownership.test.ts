import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { KafkaLog } from '@switchboard/event-log';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createClient } from '../../packages/event-log/src/kafkajs/client/client.ts';
import { openTransactionalProducer } from '../../packages/event-log/src/produce/transaction/transactional-producer.ts';
import { describeWithBroker } from '../support/broker.ts';
import { openCopiedTopics } from '../support/copied-topics.ts';
import { eventually } from '../support/test-stack.ts';

/** A transaction stays open for 10 s at most, and the broker looks for such ones every 10 s. */
const LONGEST_HOLD_MS = 30_000;
/** Longer than a group waits for a member that says nothing. */
const BEYOND_SESSION_MS = 35_000;

describeWithBroker('partitions of a processor that change hands', (brokers) => {
  let log: KafkaLog;
  let input: string;
  let output: string;
  let written: readonly string[];
  const undo: (() => unknown)[] = [];

  beforeEach(async () => {
    const topics = await openCopiedTopics(brokers);
    ({ log, input, output, written } = topics);
    undo.push(topics.stop);
  });

  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  async function append(topic: string, values: readonly string[]): Promise<void> {
    const appender = await log.appender();
    const outcomes = await Promise.all(
      values.map((value) => appender.append({ topic, key: Buffer.from('key'), value: Buffer.from(value) })),
    );
    await appender.stop();
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
  }

  function start(program: string): ChildProcess {
    const path = fileURLToPath(new URL(`./processes/${program}`, import.meta.url));
    const child = spawn(process.execPath, [path, brokers.join(','), input, output], { stdio: 'inherit' });
    undo.push(() => child.kill('SIGKILL'));
    return child;
  }

  const numbers = (from: number, count: number) => Array.from({ length: count }, (_, index) => `${from + index}`);

  it('hold readers no longer than a transaction may stay open when their owner was killed within one', async () => {
    await append(input, ['abandoned']);
    await once(start('die-before-commit.ts'), 'exit');
    const since = performance.now();
    await append(output, ['behind it']);
    await eventually(() => (written.includes('behind it') ? true : undefined), LONGEST_HOLD_MS);
    expect(performance.now() - since).toBeLessThan(LONGEST_HOLD_MS);
    expect(written).toEqual(['behind it']);
  });

  it('are processed under another transactional id when another process took theirs, and no record is written twice', async () => {
    const processor = await log.processor({
      groupId: input,
      instanceId: 'pod-0',
      topics: [input],
      outputTopics: [output],
      bounds: { maxRecords: 5 },
      process: ({ key, value }) => [{ records: [{ topic: output, key: key ?? Buffer.alloc(0), value }] }],
    });
    undo.push(() => processor.stop());
    await append(input, numbers(0, 50));
    await eventually(() => (written.length >= 50 ? true : undefined), 30_000);
    // While it has no transaction open: within one, whose end then gets no response, it would take the id back once.
    const client = createClient({ brokers, clientId: 'hijacker' });
    const hijacker = await openTransactionalProducer(client, { transactionalId: `${input}.pod-0`, topics: [output] });
    undo.push(() => hijacker.close());
    await append(input, numbers(50, 50));
    await eventually(() => (written.length >= 100 ? true : undefined), 30_000);
    // The id stays with the process that took it last.
    await hijacker.run({ records: [{ topic: output, key: Buffer.alloc(0), value: Buffer.from('of the other process') }] });
    await append(output, ['last']);
    await eventually(() => (written.includes('last') ? true : undefined));
    expect(written).toEqual([...numbers(0, 100), 'of the other process', 'last']);
    expect(processor.healthy()).toBe(true);
  });

  it('go to another owner when theirs stands still for longer than its session, and it writes nothing when it goes on', async () => {
    const stalled = start('copy-records.ts');
    await append(input, numbers(0, 200));
    await eventually(() => (written.length >= 20 ? true : undefined), 30_000);
    stalled.kill('SIGSTOP');
    await append(input, numbers(200, 200));
    start('copy-records.ts');
    await eventually(() => (written.length >= 400 ? true : undefined), BEYOND_SESSION_MS + 30_000);
    stalled.kill('SIGCONT');
    await append(input, numbers(400, 200));
    await eventually(() => (written.length >= 600 ? true : undefined), 60_000);
    // What it was about to write when it was stopped would come now.
    await delay(3_000);
    expect(written).toEqual(numbers(0, 600));
  }, 150_000);
});
