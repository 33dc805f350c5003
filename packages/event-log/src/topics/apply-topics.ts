import type { Admin, ITopicMetadata } from 'kafkajs';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import { retryWhile } from '../retry.ts';
import { alterTopics, type ComparedTopic } from './alter-topics.ts';
import { createTopics } from './create-topics.ts';
import type { DeclaredTopic, SettingDifference, TopicSettings } from './topic-settings.ts';

/** What became of a topic; under `dryRun`, what would become of it. */
export interface AppliedTopic {
  readonly topic: string;
  /** `different`: some setting is not as declared and was left as it is; `differences` has the reason. */
  readonly outcome: 'created' | 'unchanged' | 'altered' | 'different';
  readonly differences: readonly SettingDifference[];
  /** The settings that are as declared, over those of `lastApplied`: pass them as `lastApplied` the next time. */
  readonly settings: TopicSettings;
}

export interface ApplyTopicsOptions {
  /** Default min(3, brokers). Of a topic that exists, the one it has counts. */
  readonly replicationFactor?: number;
  /** The settings that an earlier call gave, by topic. A topic without any counts as created by a release that kept none. */
  readonly lastApplied?: ReadonlyMap<string, TopicSettings>;
  /** Settings that an operator changed are set as declared too. */
  readonly enforce?: boolean;
  /** Nothing is changed; the cluster validates what would be. */
  readonly dryRun?: boolean;
}

const MOST_REPLICAS = 3;
const LEADER_PAUSES_MS = [20, 50, 100, 200];

/**
 * Creates the topics that are missing and sets retention, record size and minimum in-sync replicas of the others as
 * declared. Keeps what an operator has set on them, and leaves out what the cluster refuses. Nothing is done, and
 * ERR_LOG_PARTITION_COUNT is thrown, when one exists with another number of partitions. Resolves when every topic has its
 * leaders. Can be repeated at any time, also while another call runs.
 */
export async function applyTopics(
  client: KafkaClient,
  topics: readonly DeclaredTopic[],
  options: ApplyTopicsOptions = {},
): Promise<AppliedTopic[]> {
  const { lastApplied = new Map(), enforce = false, dryRun = false } = options;
  const admin = client.open().admin();
  await admin.connect();
  try {
    const before = await existing(admin, topics);
    refuseOtherCounts(topics, before);
    const created = await createTopics(
      admin,
      topics.filter(({ name }) => !before.has(name)),
      { replicationFactor: options.replicationFactor ?? (await defaultReplicas(admin)), validateOnly: dryRun },
    );
    const now = dryRun ? before : await whenLed(admin, topics);
    refuseOtherCounts(topics, now);
    const older = topics.filter(({ name }) => !created.has(name));
    const compared = await alterTopics(admin, older, now, {
      lastApplied: (name) => lastApplied.get(name),
      enforce,
      validateOnly: dryRun,
    });
    return topics.map(({ name }): AppliedTopic => {
      const newly = created.get(name);
      if (newly !== undefined) return { topic: name, outcome: 'created', ...newly };
      const { differences, settings } = compared.get(name) ?? NO_DIFFERENCE;
      return { topic: name, outcome: outcomeOf(differences), differences, settings };
    });
  } finally {
    await admin.disconnect();
  }
}

const NO_DIFFERENCE: ComparedTopic = { differences: [], settings: {} };

function outcomeOf(differences: readonly SettingDifference[]): AppliedTopic['outcome'] {
  if (differences.length === 0) return 'unchanged';
  return differences.every(({ action }) => action === 'set') ? 'altered' : 'different';
}

async function defaultReplicas(admin: Admin): Promise<number> {
  const { brokers } = await admin.describeCluster();
  return Math.min(MOST_REPLICAS, brokers.length);
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
