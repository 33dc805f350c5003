import type { Admin, ConfigEntries, ITopicMetadata } from 'kafkajs';
import { loadKafka } from '../kafkajs/client/client.ts';
import { isRefusal, offeredSettings } from './offered-settings.ts';
import {
  appliedSettings,
  type CurrentSetting,
  type DeclaredTopic,
  decideSettings,
  type SettingDifference,
  type TopicSettings,
  topicSettings,
  unrecordedSettings,
} from './topic-settings.ts';

// ConfigSource.TOPIC_CONFIG: set on the topic itself, not a default of the broker.
const SET_ON_TOPIC = 1;

/** A topic that exists, compared with its declaration and altered. */
export interface ComparedTopic {
  readonly differences: readonly SettingDifference[];
  /** To be recorded as the settings that we set last. */
  readonly settings: TopicSettings;
}

export interface AlterOptions {
  readonly lastApplied: (topic: string) => TopicSettings | undefined;
  readonly enforce: boolean;
  readonly validateOnly: boolean;
}

/** Compares the topics with their declarations, and sets what may be set. */
export async function alterTopics(
  admin: Admin,
  topics: readonly DeclaredTopic[],
  found: ReadonlyMap<string, ITopicMetadata>,
  options: AlterOptions,
): Promise<ReadonlyMap<string, ComparedTopic>> {
  const compared = new Map<string, ComparedTopic>();
  if (topics.length === 0) return compared;
  const entries = await describeTopics(
    admin,
    topics.map(({ name }) => name),
  );
  for (const topic of topics) {
    const current = entries.get(topic.name) ?? [];
    const replicas = found.get(topic.name)?.partitions[0]?.replicas.length ?? 1;
    const wanted = topicSettings(topic, replicas);
    const recorded = options.lastApplied(topic.name);
    const decided = decideSettings({
      wanted,
      current: new Map(current.map((entry) => [entry.configName, toCurrent(entry)])),
      lastApplied: recorded ?? unrecordedSettings(topic, replicas),
      enforce: options.enforce,
    });
    const differences = await alterTopic(admin, topic.name, current, decided, options.validateOnly);
    compared.set(topic.name, { differences, settings: appliedSettings(wanted, differences, recorded) });
  }
  return compared;
}

function toCurrent({ configValue, configSource }: ConfigEntries): CurrentSetting {
  return { value: configValue, setOnTopic: (configSource as number) === SET_ON_TOPIC };
}

async function describeTopics(admin: Admin, names: readonly string[]): Promise<ReadonlyMap<string, readonly ConfigEntries[]>> {
  const { TOPIC } = loadKafka().ConfigResourceTypes;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: TOPIC, name })),
  });
  return new Map(resources.map(({ resourceName, configEntries }) => [resourceName, configEntries]));
}

/** Sets what was decided to be set, one topic a request: its error does not name the topic. Gives what then holds of each difference. */
async function alterTopic(
  admin: Admin,
  topic: string,
  current: readonly ConfigEntries[],
  decided: readonly SettingDifference[],
  validateOnly: boolean,
): Promise<readonly SettingDifference[]> {
  const changes = Object.fromEntries(decided.filter(({ action }) => action === 'set').map(({ name, wanted }) => [name, wanted]));
  if (Object.keys(changes).length === 0) return decided;
  const request = async (settings: TopicSettings, dry: boolean): Promise<void> => {
    const { TOPIC } = loadKafka().ConfigResourceTypes;
    const configEntries = mergedEntries(current, settings);
    await admin.alterConfigs({ validateOnly: dry, resources: [{ type: TOPIC, name: topic, configEntries }] });
  };
  try {
    await request(changes, validateOnly);
    return decided;
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  const { offered, refused } = await offeredSettings(changes, (settings) => request(settings, true));
  if (!validateOnly && Object.keys(offered).length > 0) await request(offered, false);
  return decided.map((difference) => (refused.includes(difference.name) ? { ...difference, action: 'not-offered' } : difference));
}

/** The request replaces everything that is set on the topic, so what was set and stays is in it too. */
function mergedEntries(current: readonly ConfigEntries[], changes: TopicSettings): { name: string; value: string }[] {
  const kept = current
    .filter((entry) => (entry.configSource as number) === SET_ON_TOPIC)
    .map(({ configName, configValue }) => [configName, configValue] as const);
  return [...new Map([...kept, ...Object.entries(changes)])].map(([name, value]) => ({ name, value }));
}
