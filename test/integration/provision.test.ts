import { randomBytes } from 'node:crypto';
import { topicSubject, topics } from '@switchboard/contracts';
import { createKafkaLog } from '@switchboard/event-log';
import { declaredTopics, type ProvisionOptions, type ProvisionOutcome, provision, retentionVariables } from '@switchboard/provisioning';
import { defineConfig } from '@switchboard/runtime';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { describeWithBroker } from '../support/broker.ts';
import { openKafkaParts } from '../support/event-log.ts';

const DAY_MS = 86_400_000;
const registryUrl = process.env.SCHEMA_REGISTRY_URL ?? '';
const topicPrefix = `provision-${randomBytes(6).toString('hex')}.`;
const RAW = `${topicPrefix}${topics.raw.name}`;

/** Topics under these RETENTION_ variables. */
function declaredWith(environment: Readonly<Record<string, string>>) {
  const read = defineConfig(retentionVariables).read(environment);
  if (!read.ok) throw new Error(read.problems.join());
  return declaredTopics(read.config);
}

describeWithBroker('a deployment in a cluster', (brokers) => {
  const kafka = openKafkaParts(brokers);
  const log = createKafkaLog({ brokers, topicPrefix, clientId: 'switchboard-tests' });

  const run = (environment: Readonly<Record<string, string>> = {}, options: Partial<ProvisionOptions> = {}): Promise<ProvisionOutcome> =>
    provision({ log, registry: { registryUrl }, topicPrefix, topics: declaredWith(environment), ...options });

  async function withAdmin<Result>(act: (admin: ReturnType<ReturnType<typeof kafka.client.open>['admin']>) => Promise<Result>) {
    const admin = kafka.client.open().admin();
    await admin.connect();
    return await act(admin).finally(() => admin.disconnect());
  }

  const namesInKafka = async () =>
    (await withAdmin((admin) => admin.listTopics())).filter((name) => name.startsWith(topicPrefix)).toSorted();

  const retentionOf = (topic: string): Promise<string | undefined> =>
    withAdmin(async (admin) => {
      const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name: topic }] });
      return resources[0]?.configEntries.find(({ configName }) => configName === 'retention.ms')?.configValue;
    });

  /** Brokers learn of a change a moment after the controller. */
  const retentionSettled = (topic: string, ms: number): Promise<void> =>
    vi.waitFor(async () => expect(await retentionOf(topic)).toBe(String(ms)), { timeout: 10_000, interval: 50 });

  async function setByHand(topic: string, ms: number): Promise<void> {
    await withAdmin((admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [{ type: 2, name: topic, configEntries: [{ name: 'retention.ms', value: String(ms) }] }],
      }),
    );
    await retentionSettled(topic, ms);
  }

  const retentionIn = ({ topics: all }: ProvisionOutcome, topic: string) =>
    all.find((one) => one.topic === topic)?.differences.find(({ name }) => name === 'retention.ms');

  afterAll(async () => kafka.deleteTopics(await namesInKafka()));

  it('is described by a dry run, which creates and registers nothing', async () => {
    const { topics: applied, schemas } = await run({}, { dryRun: true });
    expect(new Set(applied.map(({ outcome }) => outcome))).toEqual(new Set(['created']));
    expect(schemas.find(({ subject }) => subject === topicSubject(topics.raw.name, topicPrefix))).toMatchObject({ id: undefined });
    expect(await namesInKafka()).toEqual([]);
    const subjects = (await (await fetch(`${registryUrl}/subjects`)).json()) as string[];
    expect(subjects.filter((subject) => subject.startsWith(topicPrefix))).toEqual([]);
  });

  describe('once it is created', () => {
    beforeAll(async () => {
      const { topics: applied } = await run();
      expect(new Set(applied.map(({ outcome }) => outcome))).toEqual(new Set(['created']));
    });

    it('has its prefix before every topic, and a subject for each', async () => {
      const expected = Object.values(topics).map(({ name }) => `${topicPrefix}${name}`);
      expect(await namesInKafka()).toEqual(expected.toSorted());
      const subjects = (await (await fetch(`${registryUrl}/subjects`)).json()) as string[];
      expect(subjects.filter((subject) => subject.startsWith(topicPrefix)).toSorted()).toEqual(
        expected.map((name) => `${name}-value`).toSorted(),
      );
    });

    it('is unchanged by further runs, which write no record', async () => {
      const admin = await log.admin();
      const [before] = await admin.endOffsets(topics.settings.name);
      for (let times = 0; times < 2; times += 1) {
        const { topics: applied } = await run();
        expect(applied.filter(({ outcome }) => outcome !== 'unchanged')).toEqual([]);
      }
      expect(await admin.endOffsets(topics.settings.name)).toEqual([before]);
      await admin.stop();
    });

    it('takes another retention from the configuration, and another one after that', async () => {
      await retentionSettled(RAW, -1);
      for (const [text, ms] of [
        ['90d', 90 * DAY_MS],
        ['60d', 60 * DAY_MS],
        ['unlimited', -1],
      ] as const) {
        expect(retentionIn(await run({ RETENTION_RAW: text }), RAW)).toMatchObject({ wanted: String(ms), action: 'set' });
        await retentionSettled(RAW, ms);
      }
    });

    it('keeps a retention that an operator set, under any later configuration, until it is enforced', async () => {
      await setByHand(RAW, 45 * DAY_MS);
      for (const text of ['unlimited', '90d', '60d']) {
        expect(retentionIn(await run({ RETENTION_RAW: text }), RAW)).toMatchObject({ found: String(45 * DAY_MS), action: 'kept' });
        expect(await retentionOf(RAW)).toBe(String(45 * DAY_MS));
      }
      expect(retentionIn(await run({ RETENTION_RAW: '60d' }, { enforce: true }), RAW)).toMatchObject({ action: 'set' });
      await retentionSettled(RAW, 60 * DAY_MS);
      // It is the configuration's again.
      expect(retentionIn(await run(), RAW)).toMatchObject({ action: 'set' });
      await retentionSettled(RAW, -1);
    });
  });
});
