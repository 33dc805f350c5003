import { CodecError } from './errors.ts';
import { type EventType, eventTypes } from './event-types.ts';
import { schemaTexts } from './generated/schemas.ts';
import { createRegistryApi, type RegistryApi, type RegistryOptions, requireCompatibility } from './registry-api.ts';
import { type RecordName, recordNames } from './schema-types.ts';
import { EVENT_UNCHANGED, eventTopics, type Topic } from './topics.ts';

/** A schema that lies under a subject in the registry. */
interface RegisteredSchema {
  readonly id: number;
  readonly version: number;
}

/** The schema of a topic, as the registry is asked for it. */
interface TopicSchema {
  readonly schemaType: 'AVRO';
  readonly schema: string;
  readonly references?: readonly { readonly name: string; readonly subject: string; readonly version: number }[];
}

const EVENT_TOPICS: ReadonlySet<string> = new Set(eventTopics.map(({ name }) => name));

/** Subject of a topic, by the naming that tools expect (TopicNameStrategy). The codec never asks for it. */
export function topicSubject(topic: string, topicPrefix = ''): string {
  return `${topicPrefix}${topic}-value`;
}

/** The records that a topic may hold, in the order of their names. */
export function recordsOf(topic: Pick<Topic, 'name' | 'value'>): readonly RecordName[] {
  const types = Object.keys(eventTypes) as EventType[];
  const records = (some: readonly EventType[]): readonly RecordName[] => some.map((type) => eventTypes[type].record).toSorted();
  if (topic.value === EVENT_UNCHANGED) return records(types);
  if (EVENT_TOPICS.has(topic.name)) return records(types.filter((type) => (eventTypes[type].topic ?? topic.name) === topic.name));
  return recordNames.filter((name) => name.endsWith(`.${topic.value}`));
}

/**
 * Registers the type of every topic under `<prefix><topic>-value`, for catalogs and other tools that look for it there: the
 * record's own schema where a topic has one record, which then has the id of the record's own subject, else a union that
 * refers to the subjects of the records. The rule is BACKWARD, so that a topic may get another record. Register the records
 * first. Resolves with the id by subject; rejects with CodecError.
 */
export async function registerTopicSubjects(
  options: RegistryOptions,
  topics: readonly Topic[],
  topicPrefix = '',
): Promise<ReadonlyMap<string, number>> {
  const api = createRegistryApi(options);
  const versions = await versionsOf(api, topics.flatMap(recordsOf));
  const registered = await Promise.all(
    topics.map(async (topic) => {
      const subject = topicSubject(topic.name, topicPrefix);
      return [subject, await registerTopicSchema(api, subject, schemaOf(recordsOf(topic), versions))] as const;
    }),
  );
  return new Map(registered);
}

/** Registers a schema under a subject of a topic. Safe to repeat; gives its id. */
export async function registerTopicSchema(api: RegistryApi, subject: string, schema: TopicSchema): Promise<number> {
  const present = await lookUp(api, subject, schema);
  if (present !== undefined) return present.id;
  await requireCompatibility(api, subject, 'BACKWARD');
  const { status, text } = await api.call('POST', `/subjects/${encodeURIComponent(subject)}/versions`, schema);
  if (status !== 200) throw new CodecError('ERR_CODEC_SCHEMA_REFUSED', `subject ${subject}: ${status} ${text.slice(0, 500)}`);
  await api.call('PUT', `/config/${encodeURIComponent(subject)}`, { compatibility: 'BACKWARD' });
  return (JSON.parse(text) as RegisteredSchema).id;
}

/**
 * What is registered of this build's schemas: the id by subject, of the records and of the topics; undefined where
 * `topics apply` would register one. Changes nothing.
 */
export async function lookUpSubjects(
  options: RegistryOptions,
  topics: readonly Topic[],
  topicPrefix = '',
): Promise<ReadonlyMap<string, number | undefined>> {
  const api = createRegistryApi(options);
  const found = await Promise.all(
    recordNames.map(async (name) => [name, await lookUp(api, name, { schemaType: 'AVRO', schema: schemaTexts[name] })] as const),
  );
  const records = new Map(found);
  const ofTopics = await Promise.all(
    topics.map(async (topic) => {
      const subject = topicSubject(topic.name, topicPrefix);
      const names = recordsOf(topic);
      const versions = names.flatMap((name) => records.get(name)?.version ?? []);
      // A union cannot be there before all of its records.
      if (versions.length < names.length) return [subject, undefined] as const;
      const schema = schemaOf(names, new Map(names.map((name, index) => [name, versions[index] ?? 0])));
      return [subject, (await lookUp(api, subject, schema))?.id] as const;
    }),
  );
  return new Map<string, number | undefined>([...found.map(([name, registered]) => [name, registered?.id] as const), ...ofTopics]);
}

function schemaOf(names: readonly RecordName[], versions: ReadonlyMap<RecordName, number>): TopicSchema {
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0) return { schemaType: 'AVRO', schema: schemaTexts[only] };
  return {
    schemaType: 'AVRO',
    schema: JSON.stringify(names),
    references: names.map((name) => ({ name, subject: name, version: versions.get(name) ?? 0 })),
  };
}

async function versionsOf(api: RegistryApi, names: readonly RecordName[]): Promise<ReadonlyMap<RecordName, number>> {
  const versions = await Promise.all(
    [...new Set(names)].map(async (name) => {
      const registered = await lookUp(api, name, { schemaType: 'AVRO', schema: schemaTexts[name] });
      if (registered === undefined) throw new CodecError('ERR_CODEC_NOT_REGISTERED', `subject ${name} is not registered`);
      return [name, registered.version] as const;
    }),
  );
  return new Map(versions);
}

/** The schema as it is under the subject; undefined where it is not. */
async function lookUp(api: RegistryApi, subject: string, schema: TopicSchema): Promise<RegisteredSchema | undefined> {
  const { status, text } = await api.call('POST', `/subjects/${encodeURIComponent(subject)}`, schema);
  if (status === 404) return undefined;
  if (status !== 200) throw new CodecError('ERR_CODEC_SCHEMA_REFUSED', `subject ${subject}: ${status} ${text.slice(0, 500)}`);
  return JSON.parse(text) as RegisteredSchema;
}
