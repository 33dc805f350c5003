import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type DumpClient, dumpTopics, findPython } from '../chaos/evidence/dump-topics.ts';
import { collectLines } from '../chaos/evidence/json-lines.ts';
import { readTopic } from '../chaos/evidence/topic-records.ts';
import { describeWithBroker, uniqueTopic } from '../support/broker.ts';
import { type KafkaParts, openKafkaParts } from '../support/event-log.ts';

const COUNT = 40;

describeWithBroker('topics and offsets dumped by a foreign client', (brokers) => {
  const input = uniqueTopic('dump.in');
  const output = uniqueTopic('dump.out');
  let kafka: KafkaParts;
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'switchboard-dump-'));
    kafka = openKafkaParts(brokers);
    await kafka.createTopics([input, output].map((name) => ({ name, partitions: 2 })));
    const appender = await kafka.log.appender();
    for (let index = 0; index < COUNT; index += 1) {
      const value = index === 7 ? null : Buffer.from(`välue ${index}`);
      await appender.append({ topic: input, key: Buffer.from(`key ${index % 5}`), value, headers: [['h', Buffer.from([0, 255, index])]] });
    }
    await appender.stop();
    const processor = await kafka.log.processor({
      groupId: input,
      topics: [input],
      outputTopics: [output],
      process: ({ key, value }) => [{ records: [{ topic: output, key: key ?? Buffer.alloc(0), value }] }],
    });
    const admin = await kafka.log.admin();
    const committed = async () => (await admin.committed(input, input)).reduce((sum, { offset }) => sum + Number(offset), 0);
    await vi.waitFor(async () => expect(await committed()).toBe(COUNT), { timeout: 60_000, interval: 100 });
    await admin.stop();
    await processor.stop();
  });

  afterAll(async () => {
    await kafka?.deleteTopics([input, output]);
    await rm(directory, { recursive: true, force: true });
  });

  async function dump(client: DumpClient) {
    const target = join(directory, client);
    const topics = [
      { name: input, hashed: false },
      { name: output, hashed: true },
    ];
    await dumpTopics({ bootstrap: brokers.join(','), directory: target, topics, groups: [input] }, client);
    const inOrder = (lines: readonly unknown[]): string[] => lines.map((line) => JSON.stringify(line)).sort();
    return {
      target,
      input: inOrder(await collectLines(join(target, `${input}.jsonl`), (line) => line)),
      output: inOrder(await collectLines(join(target, `${output}.jsonl`), (line) => line)),
      committed: inOrder(await collectLines(join(target, 'committed.jsonl'), (line) => line)),
    };
  }

  it("by Kafka's own client hold every record and the group's offsets", async () => {
    const { target, committed } = await dump('java');
    const records = await readTopic(target, input, ({ key, value }) => ({ key, text: value.toString() }));
    const texts = records.map(({ text }) => text);
    expect(texts.toSorted()).toEqual(Array.from({ length: COUNT }, (_, index) => (index === 7 ? '' : `välue ${index}`)).sort());
    const hashes = await readTopic(target, output, ({ valueHash }) => valueHash);
    expect(hashes.filter((hash) => /^[0-9a-f]{64}$/.test(hash))).toHaveLength(COUNT - 1);
    const offsets = committed.map((line) => (JSON.parse(line) as { offset: number }).offset);
    expect(offsets.reduce((sum, offset) => sum + offset, 0)).toBe(COUNT);
  });

  it.skipIf(findPython() === undefined)('are the same by librdkafka', async () => {
    const [python, java] = [await dump('python'), await dump('java')];
    expect({ ...python, target: '' }).toEqual({ ...java, target: '' });
  });
});
