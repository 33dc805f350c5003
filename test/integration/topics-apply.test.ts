import type { TopicSettings } from '@switchboard/event-log';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { applyTopics } from '../../packages/event-log/src/topics/apply-topics.ts';
import { describeWithBroker, uniqueTopic } from '../support/broker.ts';
import { type KafkaParts, openKafkaParts } from '../support/event-log.ts';

const DAY_MS = 86_400_000;

describeWithBroker('topics apply', (brokers) => {
  const created: string[] = [];
  let kafka: KafkaParts;

  beforeAll(() => {
    kafka = openKafkaParts(brokers);
  });
  afterAll(() => kafka.deleteTopics(created));

  function declare(prefix: string, settings: object = {}) {
    const name = uniqueTopic(prefix);
    created.push(name);
    return { name, partitions: 3, cleanup: 'delete' as const, retentionMs: 30 * DAY_MS, ...settings };
  }

  async function settingsOf(topic: string): Promise<Record<string, string>> {
    const admin = kafka.client.open().admin();
    await admin.connect();
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name: topic }] });
    await admin.disconnect();
    return Object.fromEntries((resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [configName, configValue]));
  }

  async function alter(topic: string, entries: Record<string, string>): Promise<void> {
    const admin = kafka.client.open().admin();
    await admin.connect();
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name: topic, configEntries: Object.entries(entries).map(([name, value]) => ({ name, value })) }],
    });
    await admin.disconnect();
    await settled(topic, entries);
  }

  /** Brokers learn of a change a moment after the controller. */
  const settled = (topic: string, entries: Record<string, string>): Promise<void> =>
    vi.waitFor(async () => expect(await settingsOf(topic)).toMatchObject(entries), { timeout: 10_000, interval: 50 });

  it('creates what is missing with the declared settings, and nothing the second time', async () => {
    const kept = declare('kept', { retentionMs: -1 });
    const compacted = declare('compacted', { cleanup: 'compact', retentionMs: -1 });
    const first = await applyTopics(kafka.client, [kept, compacted], { replicationFactor: 1 });
    expect(first.map(({ topic, outcome }) => [topic, outcome])).toEqual([
      [kept.name, 'created'],
      [compacted.name, 'created'],
    ]);
    await settled(kept.name, {
      'cleanup.policy': 'delete',
      'retention.ms': '-1',
      'min.insync.replicas': '1',
      'message.timestamp.type': 'CreateTime',
      'max.message.bytes': '4194304',
    });
    await settled(compacted.name, { 'cleanup.policy': 'compact' });
    const second = await applyTopics(kafka.client, [kept, compacted]);
    expect(second.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged']);
  });

  it('can be run twice at the same time', async () => {
    const topics = [declare('race'), declare('race'), declare('race')];
    const outcomes = await Promise.all([
      applyTopics(kafka.client, topics),
      applyTopics(kafka.client, topics),
      applyTopics(kafka.client, topics),
    ]);
    for (const [index] of topics.entries()) {
      expect(outcomes.map((applied) => applied[index]?.outcome).sort()).toEqual(['created', 'unchanged', 'unchanged']);
    }
  });

  const retention = (ms: number): TopicSettings => ({ 'retention.ms': String(ms) });

  it('sets a retention that it set last, and keeps what else an operator has set', async () => {
    const topic = declare('altered');
    const [created] = await applyTopics(kafka.client, [topic]);
    await alter(topic.name, { 'retention.ms': String(topic.retentionMs), 'max.message.bytes': '4194304', 'segment.bytes': '2097152' });
    const longer = { ...topic, retentionMs: 60 * DAY_MS };
    const [applied] = await applyTopics(kafka.client, [longer], { lastApplied: new Map([[topic.name, created?.settings ?? {}]]) });
    expect(applied).toMatchObject({
      outcome: 'altered',
      differences: [{ name: 'retention.ms', wanted: String(60 * DAY_MS), found: String(30 * DAY_MS), action: 'set' }],
      settings: retention(60 * DAY_MS),
    });
    await settled(topic.name, { ...retention(60 * DAY_MS), 'segment.bytes': '2097152' });
  });

  it('keeps a retention that an operator set and says so, until it is told to enforce its own', async () => {
    const topic = declare('kept-by-hand');
    const [created] = await applyTopics(kafka.client, [topic]);
    const lastApplied = new Map([[topic.name, created?.settings ?? {}]]);
    await alter(topic.name, { ...created?.settings, ...retention(1_000_000) });
    const difference = { name: 'retention.ms', wanted: String(30 * DAY_MS), found: '1000000' };
    const [kept] = await applyTopics(kafka.client, [topic], { lastApplied });
    expect(kept).toMatchObject({ outcome: 'different', differences: [{ ...difference, action: 'kept' }] });
    await settled(topic.name, retention(1_000_000));
    const [enforced] = await applyTopics(kafka.client, [topic], { lastApplied, enforce: true });
    expect(enforced).toMatchObject({ outcome: 'altered', differences: [{ ...difference, action: 'set' }] });
    await settled(topic.name, retention(30 * DAY_MS));
  });

  it('sets a retention again that was removed from the topic', async () => {
    const topic = declare('removed');
    await applyTopics(kafka.client, [topic]);
    await alter(topic.name, { 'max.message.bytes': '4194304', 'message.timestamp.type': 'CreateTime' });
    await vi.waitFor(async () => expect((await settingsOf(topic.name))['retention.ms']).not.toBe(String(30 * DAY_MS)), { timeout: 10_000 });
    const [applied] = await applyTopics(kafka.client, [topic], { lastApplied: new Map() });
    expect(applied?.differences).toMatchObject([{ name: 'retention.ms', action: 'set' }]);
    await settled(topic.name, retention(30 * DAY_MS));
  });

  it('leaves out a setting that the broker refuses, says so, and creates the topic with the others', async () => {
    // Brokers take nothing below -1.
    const topic = declare('refused', { retentionMs: -5 });
    const [created] = await applyTopics(kafka.client, [topic]);
    expect(created).toMatchObject({
      outcome: 'created',
      differences: [{ name: 'retention.ms', wanted: '-5', found: undefined, action: 'not-offered' }],
    });
    expect(created?.settings).not.toHaveProperty(['retention.ms']);
    await settled(topic.name, { 'max.message.bytes': '4194304', 'cleanup.policy': 'delete' });

    await alter(topic.name, { 'max.message.bytes': '1000000' });
    const [altered] = await applyTopics(kafka.client, [topic], { enforce: true });
    expect(altered?.differences).toMatchObject([
      { name: 'retention.ms', wanted: '-5', action: 'not-offered' },
      { name: 'max.message.bytes', wanted: '4194304', found: '1000000', action: 'set' },
    ]);
    await settled(topic.name, { 'max.message.bytes': '4194304' });
  });

  it('does not create a topic without its cleanup policy', async () => {
    const topic = { name: uniqueTopic('no-policy'), partitions: 1, cleanup: 'nonsense' as 'delete', retentionMs: -1 };
    await expect(applyTopics(kafka.client, [topic])).rejects.toMatchObject({ type: 'INVALID_CONFIG' });
  });

  it('changes nothing in a dry run, and says what it would do', async () => {
    const altered = declare('dry-altered');
    const missing = { ...altered, name: uniqueTopic('dry-missing') };
    const [created] = await applyTopics(kafka.client, [altered]);
    const declared = [missing, { ...altered, retentionMs: 60 * DAY_MS }];
    const lastApplied = new Map([[altered.name, created?.settings ?? {}]]);
    const dry = await applyTopics(kafka.client, declared, { lastApplied, dryRun: true });
    expect(dry.map(({ outcome }) => outcome)).toEqual(['created', 'altered']);
    const admin = await kafka.log.admin();
    await expect(admin.endOffsets(missing.name)).rejects.toMatchObject({ code: 'ERR_LOG_UNKNOWN_TOPIC' });
    await admin.stop();
    expect(await settingsOf(altered.name)).toMatchObject(retention(30 * DAY_MS));
  });

  it('reports another cleanup policy and leaves it alone', async () => {
    const topic = declare('different');
    await applyTopics(kafka.client, [topic]);
    const [applied] = await applyTopics(kafka.client, [{ ...topic, cleanup: 'compact' }]);
    expect(applied).toMatchObject({
      topic: topic.name,
      outcome: 'different',
      differences: [{ name: 'cleanup.policy', wanted: 'compact', found: 'delete', action: 'never-changed' }],
    });
    await settled(topic.name, { 'cleanup.policy': 'delete' });
  });

  it('refuses another number of partitions, names topic, wanted and found, and creates nothing then', async () => {
    const topic = declare('counted');
    const missing = { ...topic, name: uniqueTopic('missing') };
    await applyTopics(kafka.client, [topic]);
    const applying = applyTopics(kafka.client, [{ ...topic, partitions: 12 }, missing]);
    await expect(applying).rejects.toMatchObject({
      code: 'ERR_LOG_PARTITION_COUNT',
      message: expect.stringContaining(`${topic.name}: 12 partitions wanted, 3 found`),
    });
    const admin = await kafka.log.admin();
    await expect(admin.endOffsets(missing.name)).rejects.toMatchObject({ code: 'ERR_LOG_UNKNOWN_TOPIC' });
    await admin.stop();
  });
});
