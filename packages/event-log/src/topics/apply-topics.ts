import type { Admin, ConfigEntries, ITopicMetadata } from 'kafkajs';
import { type KafkaClient, loadKafka } from '../kafkajs/client/client.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import { retryWhile } from '../retry.ts';
import { compareSettings, type DeclaredTopic, type SettingDifference, topicSettings } from './topic-settings.ts';

/** `different`: some setting is not as declared and was left alone, for to change it is to change the topic. */
export interface AppliedTopic {
  readonly topic: string;
  readonly outcome: 'created' | 'unchanged' | 'altered' | 'different';
  readonly differences: readonly SettingDifference[];
}

export interface ApplyTopicsOptions {
  /** Default min(3, brokers). Of a topic that exists, the one it has counts. */
  readonly replicationFactor?: number;
}

const MOST_REPLICAS = 3;
const LEADER_PAUSES_MS = [20, 50, 100, 200];
// ConfigSource.TOPIC_CONFIG: set on the topic itself, not a default of the broker.
const SET_ON_TOPIC = 1;

/**
 * Creates the topics that are missing and sets retention, record size and minimum in-sync replicas of the others as
 * declared, keeping what else was set on them. Nothing is done, and ERR_LOG_PARTITION_COUNT is thrown, when one exists
 * with another number of partitions. Resolves when every topic has its leaders. Can be repeated at any time.
 */
export async function applyTopics(
  client: KafkaClient,
  topics: readonly DeclaredTopic[],
  options: ApplyTopicsOptions = {},
): Promise<AppliedTopic[]> {
  const admin = client.open().admin();
  await admin.connect();
  try {
    const before = await existing(admin, topics);
    refuseOtherCounts(topics, before);
    const created = await create(
      admin,
      topics.filter(({ name }) => !before.has(name)),
      options.replicationFactor,
    );
    const now = await whenLed(admin, topics);
    refuseOtherCounts(topics, now);
    const older = topics.filter(({ name }) => !created.has(name));
    const differences = await alter(admin, older, now);
    return topics.map(({ name }) => toApplied(name, created.has(name), differences.get(name) ?? []));
  } finally {
    await admin.disconnect();
  }
}

function toApplied(topic: string, created: boolean, differences: readonly SettingDifference[]): AppliedTopic {
  if (created) return { topic, outcome: 'created', differences };
  if (differences.length === 0) return { topic, outcome: 'unchanged', differences };
  return { topic, outcome: differences.every(({ altered }) => altered) ? 'altered' : 'different', differences };
}

async function existing(admin: Admin, topics: readonly DeclaredTopic[]): Promise<Map<string, ITopicMetadata>> {
  const known = new Set(await admin.listTopics());
  const names = topics.map(({ name }) => name).filter((name) => known.has(name));
  if (names.length === 0) return new Map();
  const { topics: found } = await admin.fetchTopicMetadata({ topics: names });
  return new Map(found.map((topic) => [topic.name, topic]));
}

function refuseOtherCounts(topics: readonly DeclaredTopic[], found: ReadonlyMap<string, ITopicMetadata>): void {
  const problems = topics.flatMap(({ name, partitions }) => {
    const count = found.get(name)?.partitions.length ?? partitions;
    return count === partitions ? [] : [`${name}: ${partitions} partitions wanted, ${count} found`];
  });
  if (problems.length === 0) return;
  const reason = 'the count is never changed, for keys would move to other partitions';
  throw new LogError('ERR_LOG_PARTITION_COUNT', `${problems.join('; ')}; ${reason}`);
}

/** Names of the topics that this call created: another caller may have been faster with some. */
async function create(admin: Admin, missing: readonly DeclaredTopic[], wantedFactor: number | undefined): Promise<Set<string>> {
  if (missing.length === 0) return new Set();
  const { brokers } = await admin.describeCluster();
  const replicationFactor = wantedFactor ?? Math.min(MOST_REPLICAS, brokers.length);
  const created = new Set(missing.map(({ name }) => name));
  try {
    const any = await admin.createTopics({
      waitForLeaders: false,
      topics: missing.map((topic) => ({
        topic: topic.name,
        numPartitions: topic.partitions,
        replicationFactor,
        configEntries: Object.entries(topicSettings(topic, replicationFactor)).map(([name, value]) => ({ name, value })),
      })),
    });
    // kafkajs takes it for a success when all of them exist meanwhile.
    if (!any) return new Set();
  } catch (error) {
    for (const failure of creationFailures(error)) {
      if (failure.type !== 'TOPIC_ALREADY_EXISTS') throw error;
      created.delete(failure.topic);
    }
  }
  return created;
}

function creationFailures(error: unknown): { type: string; topic: string }[] {
  const { errors } = error as { errors?: unknown };
  if (Array.isArray(errors)) return errors as { type: string; topic: string }[];
  throw error;
}

async function whenLed(admin: Admin, topics: readonly DeclaredTopic[]): Promise<Map<string, ITopicMetadata>> {
  return await retryWhile(
    async () => {
      const found = await existing(admin, topics);
      const waiting = topics.filter(({ name }) => !(found.get(name)?.partitions.every(({ leader }) => leader >= 0) ?? false));
      if (waiting.length > 0) throw new Error(`no leader yet for ${waiting.map(({ name }) => name).join(', ')}`);
      return found;
    },
    { retriable: () => true, pausesMs: LEADER_PAUSES_MS },
  );
}

async function alter(
  admin: Admin,
  topics: readonly DeclaredTopic[],
  found: ReadonlyMap<string, ITopicMetadata>,
): Promise<Map<string, readonly SettingDifference[]>> {
  if (topics.length === 0) return new Map();
  const { TOPIC } = loadKafka().ConfigResourceTypes;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map(({ name }) => ({ type: TOPIC, name })),
  });
  const entries = new Map(resources.map(({ resourceName, configEntries }) => [resourceName, configEntries]));
  const differences = new Map(
    topics.map((topic) => {
      const replicas = found.get(topic.name)?.partitions[0]?.replicas.length ?? 1;
      const values = new Map((entries.get(topic.name) ?? []).map(({ configName, configValue }) => [configName, configValue]));
      return [topic.name, compareSettings(topicSettings(topic, replicas), values)];
    }),
  );
  const changes = [...differences]
    .filter(([, ofTopic]) => ofTopic.some(({ altered }) => altered))
    .map(([name, ofTopic]) => ({ type: TOPIC, name, configEntries: mergedEntries(entries.get(name) ?? [], ofTopic) }));
  if (changes.length > 0) await admin.alterConfigs({ validateOnly: false, resources: changes });
  return differences;
}

/** The request replaces everything set on the topic, so what was set and stays is in it too. */
function mergedEntries(current: readonly ConfigEntries[], differences: readonly SettingDifference[]): { name: string; value: string }[] {
  const kept = current
    .filter((entry) => (entry.configSource as number) === SET_ON_TOPIC)
    .map(({ configName, configValue }) => [configName, configValue] as const);
  const changed = differences.filter(({ altered }) => altered).map(({ name, wanted }) => [name, wanted] as const);
  return [...new Map([...kept, ...changed])].map(([name, value]) => ({ name, value }));
}
