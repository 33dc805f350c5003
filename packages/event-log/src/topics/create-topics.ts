import type { Admin } from 'kafkajs';
import { isRefusal, offeredSettings } from './offered-settings.ts';
import { type DeclaredTopic, type SettingDifference, type TopicSettings, topicSettings } from './topic-settings.ts';

/** A topic that was created, or would be. */
export interface CreatedTopic {
  /** Those that it was created with. */
  readonly settings: TopicSettings;
  /** What the cluster refused. */
  readonly differences: readonly SettingDifference[];
}

export interface CreateOptions {
  readonly replicationFactor: number;
  /** Nothing is created; the cluster says whether it would be. */
  readonly validateOnly: boolean;
}

/** Creates the topics; those that another caller was faster with are not in the result. */
export async function createTopics(
  admin: Admin,
  missing: readonly DeclaredTopic[],
  options: CreateOptions,
): Promise<ReadonlyMap<string, CreatedTopic>> {
  const created = new Map<string, CreatedTopic>();
  if (missing.length === 0) return created;
  const settings = new Map(missing.map((topic) => [topic.name, topicSettings(topic, options.replicationFactor)]));
  const failures = await requestCreation(admin, missing, settings, options);
  for (const topic of missing) {
    const wanted = settings.get(topic.name) ?? {};
    const failure = failures.get(topic.name);
    if (failure === undefined) created.set(topic.name, { settings: wanted, differences: [] });
    else if (isRefusal(failure)) created.set(topic.name, await createWithoutRefused(admin, topic, wanted, options));
    else if (failure.type !== 'TOPIC_ALREADY_EXISTS') throw failure;
  }
  return created;
}

async function createWithoutRefused(
  admin: Admin,
  topic: DeclaredTopic,
  wanted: TopicSettings,
  options: CreateOptions,
): Promise<CreatedTopic> {
  const request = async (settings: TopicSettings, validateOnly: boolean): Promise<void> => {
    const failures = await requestCreation(admin, [topic], new Map([[topic.name, settings]]), { ...options, validateOnly });
    const failure = failures.get(topic.name);
    if (failure !== undefined) throw failure;
  };
  const { offered, refused } = await offeredSettings(wanted, (settings) => request(settings, true));
  if (!options.validateOnly) await request(offered, false);
  const differences = refused.map((name) => ({ name, wanted: wanted[name] ?? '', found: undefined, action: 'not-offered' as const }));
  return { settings: offered, differences };
}

interface CreationFailure extends Error {
  readonly type: string;
  readonly topic: string;
}

/** The failures by topic; a topic without one was created. */
async function requestCreation(
  admin: Admin,
  topics: readonly DeclaredTopic[],
  settings: ReadonlyMap<string, TopicSettings>,
  { replicationFactor, validateOnly }: CreateOptions,
): Promise<ReadonlyMap<string, CreationFailure | { readonly type: 'TOPIC_ALREADY_EXISTS' }>> {
  try {
    const any = await admin.createTopics({
      validateOnly,
      waitForLeaders: false,
      topics: topics.map(({ name, partitions }) => ({
        topic: name,
        numPartitions: partitions,
        replicationFactor,
        configEntries: Object.entries(settings.get(name) ?? {}).map(([setting, value]) => ({ name: setting, value })),
      })),
    });
    // kafkajs resolves with false when one or more exist by now and no other error occurred; it does not say which.
    return new Map(any ? [] : topics.map(({ name }) => [name, { type: 'TOPIC_ALREADY_EXISTS' as const }]));
  } catch (error) {
    const { errors } = error as { errors?: unknown };
    if (!Array.isArray(errors)) throw error;
    return new Map((errors as CreationFailure[]).map((failure) => [failure.topic, failure]));
  }
}
