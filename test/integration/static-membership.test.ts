import type { Consumer, ConsumerOptions, Processor } from '@switchboard/event-log';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { describeWithBroker, uniqueTopic } from '../support/broker.ts';
import { type KafkaParts, openKafkaParts } from '../support/event-log.ts';

const PARTITIONS = 4;
const WAIT = { timeout: 45_000, interval: 20 };

/** What this test looks at of a consumer and of a processor. */
type GroupMember = Pick<Consumer | Processor, 'assigned' | 'healthy' | 'stop'>;

describeWithBroker('a member with an instance id', (brokers) => {
  const created: string[] = [];
  const undo: (() => Promise<unknown>)[] = [];
  let kafka: KafkaParts;

  beforeAll(() => {
    kafka = openKafkaParts(brokers);
  });
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  afterAll(() => kafka.deleteTopics(created));

  async function newTopic(prefix: string): Promise<string> {
    const name = uniqueTopic(prefix);
    created.push(name);
    await kafka.createTopics([{ name, partitions: PARTITIONS }]);
    return name;
  }

  async function append(name: string, value: string, partitions = PARTITIONS): Promise<void> {
    const appender = await kafka.log.appender();
    const outcomes = await Promise.all(
      Array.from({ length: partitions }, (_, partition) =>
        appender.append({ topic: name, partition, key: Buffer.from('k'), value: Buffer.from(value) }),
      ),
    );
    await appender.stop();
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
  }

  const numbersOf = (member: GroupMember): number[] =>
    member
      .assigned()
      .map(({ partition }) => partition)
      .sort((a, b) => a - b);

  /** Member ids of the group, in no order. */
  async function memberIds(groupId: string): Promise<{ readonly state: string; readonly ids: readonly string[] }> {
    const admin = kafka.client.open().admin();
    await admin.connect();
    try {
      const { groups } = await admin.describeGroups([groupId]);
      const [group] = groups;
      return { state: group?.state ?? '', ids: (group?.members ?? []).map(({ memberId }) => memberId) };
    } finally {
      await admin.disconnect();
    }
  }

  /** Two members that share the partitions; `restart` stops the second one and starts it again. */
  async function twoMembers<Each extends GroupMember>(start: (name: string) => Promise<Each>) {
    const first = await start('first');
    undo.push(() => first.stop());
    const second = await start('second');
    await vi.waitFor(() => expect([first, second].map((each) => each.assigned().length)).toEqual([2, 2]), WAIT);
    return {
      first,
      second,
      async restart(): Promise<Each> {
        await second.stop();
        const next = await start('second');
        undo.push(() => next.stop());
        return next;
      },
    };
  }

  it('continues with the same partitions when it restarts within the session, and no other member of a consumer group notices', async () => {
    const name = await newTopic('static');
    const groupId = uniqueTopic('group');
    const seen = { lost: 0, values: [] as string[] };
    const { first, second, restart } = await twoMembers((instanceId) =>
      kafka.log.consumer({
        groupId,
        instanceId,
        topics: [name],
        onRecord({ record, done }) {
          seen.values.push(`${instanceId} ${record.value}`);
          done();
        },
        onLost() {
          if (instanceId === 'first') seen.lost += 1;
        },
      }),
    );
    await append(name, 'before');
    await vi.waitFor(() => expect(seen.values).toHaveLength(PARTITIONS), WAIT);
    const [mine, others, lost, group] = [numbersOf(first), numbersOf(second), seen.lost, await memberIds(groupId)];
    let interrupted = 0;
    const timer = setInterval(() => {
      if (!first.mayBegin()) interrupted += 1;
    }, 5);
    const next = await restart();
    await vi.waitFor(() => expect(next.assigned()).toHaveLength(2), WAIT);
    await append(name, 'after');
    await vi.waitFor(() => expect(seen.values).toHaveLength(2 * PARTITIONS), WAIT);
    clearInterval(timer);
    expect([numbersOf(first), numbersOf(next), seen.lost, interrupted]).toEqual([mine, others, lost, 0]);
    expect(seen.values.toSorted()).toEqual([
      'first after',
      'first after',
      'first before',
      'first before',
      'second after',
      'second after',
      'second before',
      'second before',
    ]);
    const after = await memberIds(groupId);
    expect(after.state).toBe('Stable');
    expect(after.ids.filter((id) => group.ids.includes(id))).toHaveLength(1);
  });

  it('continues with the same partitions when a processor restarts, and each record is written once', async () => {
    const [input, output] = [await newTopic('in'), await newTopic('out')];
    const fenced: string[] = [];
    const written: string[] = [];
    const reader = await kafka.log.reader({
      topics: [output],
      from: 'beginning',
      onRecords: (records) => void written.push(...records.map(({ value }) => `${value}`)),
    });
    undo.push(() => reader.stop());
    const { first, second, restart } = await twoMembers((instanceId) =>
      kafka.log.processor({
        groupId: input,
        instanceId,
        topics: [input],
        outputTopics: [output],
        onFenced: ({ partition }) => void fenced.push(`${instanceId} ${partition}`),
        process: ({ key, value, partition }) => [
          { records: [{ topic: output, key: key ?? Buffer.alloc(0), value: Buffer.from(`${instanceId} ${partition} ${value}`) }] },
        ],
      }),
    );
    await append(input, 'before');
    await vi.waitFor(() => expect(written).toHaveLength(PARTITIONS), WAIT);
    const [mine, others] = [numbersOf(first), numbersOf(second)];
    fenced.length = 0;
    const next = await restart();
    await vi.waitFor(() => expect(next.assigned()).toHaveLength(2), WAIT);
    await append(input, 'after');
    await vi.waitFor(() => expect(written).toHaveLength(2 * PARTITIONS), WAIT);
    expect([numbersOf(first), numbersOf(next)]).toEqual([mine, others]);
    const expected = (when: string) => [...mine.map((each) => `first ${each} ${when}`), ...others.map((each) => `second ${each} ${when}`)];
    expect(written.toSorted()).toEqual([...expected('before'), ...expected('after')].toSorted());
    // The partitions of the first one were not settled again.
    expect(fenced.toSorted()).toEqual(others.map((each) => `second ${each}`));
  });

  it('reads the partitions and topics that were added while the members of its group restarted', { timeout: 120_000 }, async () => {
    const [name, added] = [await newTopic('grown'), await newTopic('added')];
    const groupId = uniqueTopic('group');
    const values: string[] = [];
    const start = async (topics: readonly string[]): Promise<readonly Consumer[]> => {
      const onRecord: ConsumerOptions['onRecord'] = ({ record, done }) => {
        values.push(`${record.topic} ${record.partition}`);
        done();
      };
      return Promise.all(['first', 'second'].map((instanceId) => kafka.log.consumer({ groupId, instanceId, topics, onRecord })));
    };
    const before = await start([name]);
    await vi.waitFor(() => expect(before.map((each) => each.assigned().length)).toEqual([2, 2]), WAIT);
    await Promise.all(before.map((each) => each.stop()));
    const admin = kafka.client.open().admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic: name, count: 2 * PARTITIONS }] });
    await admin.disconnect();
    const after = await start([name, added]);
    undo.push(() => Promise.all(after.map((each) => each.stop())));
    await vi.waitFor(() => expect(after.flatMap((each) => each.assigned())).toHaveLength(3 * PARTITIONS), WAIT);
    await append(name, 'value', 2 * PARTITIONS);
    await append(added, 'value');
    await vi.waitFor(() => expect(new Set(values).size).toBe(3 * PARTITIONS), WAIT);
  });

  it('continues without it when another process takes it, and both have partitions', { timeout: 120_000 }, async () => {
    const name = await newTopic('taken');
    const groupId = uniqueTopic('group');
    const start = (): Promise<Consumer> =>
      kafka.log.consumer({ groupId, instanceId: 'pod-0', topics: [name], onRecord: ({ done }) => done() });
    const first = await start();
    undo.push(() => first.stop());
    await vi.waitFor(() => expect(first.assigned()).toHaveLength(PARTITIONS), WAIT);
    const second = await start();
    undo.push(() => second.stop());
    await vi.waitFor(() => expect([first, second].map((each) => each.assigned().length)).toEqual([2, 2]), WAIT);
    await vi.waitFor(() => expect([first.mayBegin(), second.mayBegin()]).toEqual([true, true]), WAIT);
  });
});
