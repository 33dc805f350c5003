import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createKafkaLog, type KafkaLog } from '../../packages/event-log/src/kafka-log.ts';
import type { LogRecord, Processor, ProcessorOptions } from '../../packages/event-log/src/log.ts';
import { describeWithBroker, uniqueTopic } from '../support/broker.ts';

describeWithBroker('the processor over Kafka', (brokers) => {
  let log: KafkaLog;
  let input: string;
  let output: string;
  const stops: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    log = createKafkaLog({ brokers, clientId: 'test' });
    [input, output] = [uniqueTopic('in'), uniqueTopic('out')];
    await log.applyTopics([topic(input), topic(output)], { replicationFactor: 1 });
  });

  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
  });

  const topic = (name: string) => ({ name, partitions: 3, cleanup: 'delete', retentionMs: 3_600_000 }) as const;

  const copy = ({ key, value }: LogRecord) => [{ records: [{ topic: output, key: key ?? Buffer.alloc(0), value }] }];

  async function startProcessor(more: Partial<ProcessorOptions> = {}): Promise<Processor> {
    const processor = await log.processor({ groupId: input, topics: [input], outputTopics: [output], process: copy, ...more });
    stops.push(() => processor.stop());
    return processor;
  }

  async function append(to: string, ...values: readonly string[]): Promise<void> {
    const appender = await log.appender();
    for (const value of values) {
      expect(await appender.append({ topic: to, key: Buffer.from(value), value: Buffer.from(value), partition: 0 })).toMatchObject({
        ok: true,
      });
    }
    await appender.stop();
  }

  /** What stands in the output now and what comes. */
  async function readOutput(): Promise<string[]> {
    const values: string[] = [];
    const reader = await log.reader({
      topics: [output],
      from: 'beginning',
      onRecords: (records: readonly LogRecord[]) => void values.push(...records.map(({ value }) => `${value}`)),
    });
    stops.push(() => reader.stop());
    await reader.caughtUp;
    return values;
  }

  async function until(done: () => boolean): Promise<void> {
    while (!done()) await delay(20);
  }

  it('writes the output of what stood in the input and of what comes', async () => {
    await append(input, 'a', 'b');
    const processor = await startProcessor();
    const values = await readOutput();
    await until(() => values.length === 2);
    await append(input, 'c');
    await until(() => values.length === 3);
    expect(values.toSorted()).toEqual(['a', 'b', 'c']);
    expect(processor.assigned()).toHaveLength(3);
    expect(processor.healthy()).toBe(true);
  });

  it('goes on where the last one ended', async () => {
    await append(input, 'a');
    const first = await startProcessor();
    const values = await readOutput();
    await until(() => values.length === 1);
    await first.stop();
    await append(input, 'b');
    await startProcessor();
    await until(() => values.length === 2);
    await delay(500);
    expect(values).toEqual(['a', 'b']);
  });

  it('hands over earlier records when it has taken a partition, up to the committed offset', async () => {
    await append(input, 'a', 'b', 'c');
    const first = await startProcessor();
    const values = await readOutput();
    await until(() => values.length === 3);
    await first.stop();
    await append(input, 'd');
    const back: string[] = [];
    const at: bigint[] = [];
    await startProcessor({
      onFenced: async (position, readBack) => {
        at.push(position.offset);
        for await (const records of readBack(1n)) back.push(...records.map(({ value }) => `${value}`));
      },
    });
    await until(() => values.length === 4);
    expect(at).toEqual([3n]);
    expect(back).toEqual(['b', 'c']);
  });

  it('stops with ERR_LOG_OFFSETS_LOST when there is output but no committed offset', async () => {
    await append(output, 'earlier');
    await append(input, 'a');
    const processor = await startProcessor();
    await expect(processor.done).rejects.toMatchObject({ code: 'ERR_LOG_OFFSETS_LOST' });
    expect(processor.healthy()).toBe(false);
  });

  it('begins at the beginning when that was decided', async () => {
    await append(output, 'earlier');
    await append(input, 'a');
    await startProcessor({ withoutOffset: 'beginning' });
    const values = await readOutput();
    await until(() => values.length === 2);
    expect(values).toContain('a');
  });

  it('begins at the end when that was decided, and keeps that end over a restart', async () => {
    await append(input, 'before');
    const first = await startProcessor({ withoutOffset: 'end' });
    const admin = await log.admin();
    stops.push(() => admin.stop());
    let committed = 0;
    while (committed < 3) committed = (await admin.committed(input, input)).length;
    await first.stop();
    await append(input, 'after');
    await startProcessor({ withoutOffset: 'end' });
    const values = await readOutput();
    await until(() => values.length > 0);
    await delay(300);
    expect(values).toEqual(['after']);
  });

  it('rejects done with an error that is fatal', async () => {
    await append(input, 'a');
    const fatal = Object.assign(new Error('too much was rejected'), { fatal: true });
    const processor = await startProcessor({
      process: () => {
        throw fatal;
      },
    });
    await expect(processor.done).rejects.toBe(fatal);
  });

  it('keeps other partitions going while one cannot be processed, and says that it is not healthy', async () => {
    let broken = true;
    await append(input, 'poison');
    const processor = await startProcessor({
      process: (record) => {
        if (broken && record.partition === 0) throw new Error('cannot process this');
        return copy(record);
      },
    });
    const values = await readOutput();
    const appender = await log.appender();
    await appender.append({ topic: input, key: Buffer.from('k'), value: Buffer.from('other'), partition: 1 });
    await appender.stop();
    await until(() => values.length === 1 && !processor.healthy() && processor.assigned().length === 3);
    expect(values).toEqual(['other']);
    broken = false;
    await until(() => values.length === 2 && processor.healthy());
    expect(values).toEqual(['other', 'poison']);
  });

  it('rejects done when a topic does not exist', async () => {
    const processor = await startProcessor({ topics: [uniqueTopic('none')] });
    await expect(processor.done).rejects.toMatchObject({ code: 'ERR_LOG_UNKNOWN_TOPIC' });
  });
});
