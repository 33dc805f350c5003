import { randomBytes } from 'node:crypto';
import {
  connectCodec,
  eventTopics,
  lookUpSubjects,
  recordNames,
  registerSchemas,
  registerTopicSubjects,
  topicSubject,
  topics,
} from '@switchboard/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRegistryApi } from '../../packages/contracts/src/registry-api.ts';
import { recordsOf, registerTopicSchema } from '../../packages/contracts/src/topic-subjects.ts';
import { describeWithBroker } from '../support/broker.ts';

const registryUrl = process.env.SCHEMA_REGISTRY_URL ?? '';

interface Version {
  readonly id: number;
  readonly version: number;
  readonly schema: string;
  readonly references?: readonly { readonly name: string; readonly subject: string; readonly version: number }[];
}

async function get(path: string): Promise<unknown> {
  const response = await fetch(`${registryUrl}${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return await response.json();
}

const latest = async (subject: string) => (await get(`/subjects/${encodeURIComponent(subject)}/versions/latest`)) as Version;

describeWithBroker('the subjects of topics', () => {
  const prefix = `subjects-${randomBytes(6).toString('hex')}.`;
  const all = Object.values(topics);
  let ids: ReadonlyMap<string, number>;
  let ofTopics: ReadonlyMap<string, number>;

  beforeAll(async () => {
    ids = await registerSchemas({ registryUrl });
    ofTopics = await registerTopicSubjects({ registryUrl }, all, prefix);
  });

  it('are one for each topic, with the rule BACKWARD', async () => {
    expect([...ofTopics.keys()]).toEqual(all.map(({ name }) => `${prefix}${name}-value`));
    for (const subject of ofTopics.keys()) expect(await get(`/config/${subject}`)).toEqual({ compatibilityLevel: 'BACKWARD' });
  });

  it.each(eventTopics)('$name has a union that refers to the record of each of its event types', async (topic) => {
    const { schema, references } = await latest(topicSubject(topic.name, prefix));
    const records = recordsOf(topic);
    expect(records).toContain('switchboard.notifications.v1.UnmappedNotification');
    expect(JSON.parse(schema)).toEqual(records);
    expect(references?.map(({ name, subject }) => [name, subject])).toEqual(records.map((name) => [name, name]));
  });

  it('a topic of deliveries has every event, and a topic of one record has its schema and its id', async () => {
    const events = new Set(eventTopics.flatMap(recordsOf));
    expect(new Set(JSON.parse((await latest(topicSubject(topics.pending.name, prefix))).schema))).toEqual(events);
    expect(ofTopics.get(topicSubject(topics.raw.name, prefix))).toBe(ids.get('switchboard.notifications.v1.RawNotification'));
  });

  it('leave the subjects of records and the ids that services write as they were', async () => {
    const codec = await connectCodec({ registryUrl });
    for (const name of recordNames) {
      expect(codec.schemaId(name)).toBe(ids.get(name));
      expect((await latest(name)).id).toBe(ids.get(name));
    }
  });

  it('are registered once: a repetition gives the same ids, and a look-up finds them', async () => {
    expect(await registerTopicSubjects({ registryUrl }, all, prefix)).toEqual(ofTopics);
    expect((await latest(topicSubject(topics.messaging.name, prefix))).version).toBe(1);
    expect(await lookUpSubjects({ registryUrl }, all, prefix)).toEqual(new Map<string, number>([...ids, ...ofTopics]));
    const unknown = await lookUpSubjects({ registryUrl }, all, `${prefix}other.`);
    expect(unknown.get(topicSubject(topics.raw.name, `${prefix}other.`))).toBeUndefined();
  });

  describe('a union', () => {
    const api = createRegistryApi({ registryUrl });
    const subject = `${prefix}grows-value`;
    const union = (...names: readonly (typeof recordNames)[number][]) => ({
      schemaType: 'AVRO' as const,
      schema: JSON.stringify(names),
      references: names.map((name) => ({ name, subject: name, version: 1 })),
    });
    const [first, second, third] = recordsOf(topics.messaging);
    if (first === undefined || second === undefined || third === undefined) throw new Error('the topic has three records');

    it('takes another branch, and refuses to lose one', async () => {
      const one = await registerTopicSchema(api, subject, union(first, second));
      const two = await registerTopicSchema(api, subject, union(first, second, third));
      expect(two).not.toBe(one);
      expect(JSON.parse((await latest(subject)).schema)).toEqual([first, second, third]);
      await expect(registerTopicSchema(api, subject, union(first, third))).rejects.toMatchObject({ code: 'ERR_CODEC_SCHEMA_REFUSED' });
    });

    it('takes the place of a single record', async () => {
      const grown = `${prefix}single-value`;
      const { schema } = await latest(first);
      await registerTopicSchema(api, grown, { schemaType: 'AVRO', schema });
      await registerTopicSchema(api, grown, union(first, second));
      expect((await latest(grown)).version).toBe(2);
    });
  });
});
