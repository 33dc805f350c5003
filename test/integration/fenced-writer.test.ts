import { afterEach, beforeEach, expect, it } from 'vitest';
import { createKafkaLog, type KafkaLog } from '../../packages/event-log/src/kafka-log.ts';
import type { OutRecord } from '../../packages/event-log/src/log.ts';
import { describeWithBroker, uniqueTopic } from '../support/broker.ts';

describeWithBroker('the fenced writer over Kafka', (brokers) => {
  let log: KafkaLog;
  let topic: string;
  const stops: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    log = createKafkaLog({ brokers, clientId: 'test' });
    topic = uniqueTopic('fenced');
    await log.applyTopics([{ name: topic, partitions: 2, cleanup: 'compact', retentionMs: -1 }], { replicationFactor: 1 });
  });

  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
  });

  async function openWriter() {
    const writer = await log.fencedWriter(topic);
    stops.push(() => writer.stop());
    return writer;
  }

  async function readAll(): Promise<readonly string[]> {
    const values: string[] = [];
    const reader = await log.reader({
      topics: [topic],
      from: 'beginning',
      onRecords: (records) => void values.push(...records.map(({ value }) => `${value}`)),
    });
    await reader.caughtUp;
    await reader.stop();
    return values;
  }

  const record = (value: string): OutRecord => ({ topic, key: Buffer.from('key'), value: Buffer.from(value) });

  it('answers the positions of what it wrote', async () => {
    const writer = await openWriter();
    const first = await writer.run(async () => [record('a')]);
    const second = await writer.run(async () => [record('b')]);
    expect(first).toMatchObject({ ok: true, positions: [{ topic, offset: 0n }] });
    // The end of a transaction takes an offset too.
    expect(second).toMatchObject({ ok: true, positions: [{ topic, offset: 2n }] });
    expect(await readAll()).toEqual(['a', 'b']);
  });

  it('writes nothing when somebody else took the id after it had', async () => {
    const [slow, quick] = [await openWriter(), await openWriter()];
    const outcome = await slow.run(async () => {
      expect(await quick.run(async () => [record('quick')])).toMatchObject({ ok: true });
      return [record('slow')];
    });
    expect(outcome).toMatchObject({ ok: false, code: 'ERR_LOG_FENCED' });
    expect(await readAll()).toEqual(['quick']);
  });

  it('counts to the number of its runs from two writers that read before they write', async () => {
    const writers = [await openWriter(), await openWriter()];
    const RUNS = 5;
    let unknown = 0;
    async function increment(writer: (typeof writers)[number]): Promise<void> {
      for (let done = 0; done < RUNS; ) {
        const outcome = await writer.run(async () => [record(`${(await readAll()).length + 1}`)]);
        if (outcome.ok) done += 1;
        // A broker that is asked for the id and for the end of the transaction at the same moment may respond with an unexpected error.
        else if (outcome.code === 'ERR_LOG_OUTCOME_UNKNOWN') unknown += 1;
        else expect(outcome.code).toBe('ERR_LOG_FENCED');
        // Who lost waits a little, and not as long as the other.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
      }
    }
    await Promise.all(writers.map(increment));
    const counts = await readAll();
    expect(counts).toEqual(counts.map((_, index) => `${index + 1}`));
    expect(counts.length).toBeGreaterThanOrEqual(2 * RUNS);
    expect(counts.length).toBeLessThanOrEqual(2 * RUNS + unknown);
  });
});
