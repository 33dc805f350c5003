import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createKafkaLog } from '@switchboard/event-log';
import { expect, it } from 'vitest';
import { describeWithBroker, uniqueTopic } from '../support/broker.ts';

const PROGRAM = fileURLToPath(new URL('./processes/copy-records.ts', import.meta.url));
const RECORDS = 3_000;

describeWithBroker('a processor that is killed', (brokers) => {
  it('has written the output of every record once when another has taken over', async () => {
    const log = createKafkaLog({ brokers, clientId: 'test' });
    const [input, output] = [uniqueTopic('in'), uniqueTopic('out')];
    const topic = (name: string) => ({ name, partitions: 4, cleanup: 'delete', retentionMs: 3_600_000 }) as const;
    await log.applyTopics([topic(input), topic(output)], { replicationFactor: 1 });
    const values: string[] = [];
    const reader = await log.reader({
      topics: [output],
      from: 'beginning',
      onRecords: (records) => void values.push(...records.map(({ value }) => `${value}`)),
    });
    const start = (): ChildProcess => spawn(process.execPath, [PROGRAM, brokers.join(','), input, output], { stdio: 'inherit' });
    const appender = await log.appender();
    const append = (index: number) =>
      appender.append({ topic: input, key: Buffer.from(`key-${index % 17}`), value: Buffer.from(`${index}`) });
    let child = start();
    try {
      for (const share of [1 / 3, 2 / 3, 1]) {
        const seen = values.length;
        const from = Math.round(RECORDS * (share - 1 / 3));
        const appended = Array.from({ length: Math.round(RECORDS / 3) }, (_, count) => append(from + count));
        // Some transactions have ended, others are going on.
        while (values.length < seen + 100) await delay(5);
        if (share < 1) {
          child.kill('SIGKILL');
          child = start();
        }
        for (const outcome of await Promise.all(appended)) expect(outcome).toMatchObject({ ok: true });
      }
      while (new Set(values).size < RECORDS) await delay(50);
    } finally {
      child.kill('SIGKILL');
      await appender.stop();
      await reader.stop();
    }
    expect(values.toSorted()).toEqual(Array.from({ length: RECORDS }, (_, index) => `${index}`).toSorted());
  });
});
