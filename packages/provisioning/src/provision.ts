import {
  connectCodec,
  lookUpSubjects,
  type RegistryOptions,
  registerSchemas,
  registerTopicSubjects,
  type Topic,
} from '@switchboard/contracts';
import type { AppliedTopic, KafkaLog, TopicSettings } from '@switchboard/event-log';
import { readSettings, recordSettings, type SettingsByTopic } from './settings-record.ts';

export interface ProvisionOptions {
  readonly log: Pick<KafkaLog, 'appender' | 'applyTopics' | 'reader'>;
  readonly registry: RegistryOptions;
  /** Every topic of the deployment: see `declaredTopics`. */
  readonly topics: readonly Topic[];
  /** TOPIC_PREFIX, which the log adds to topics by itself; here for the subjects of the topics. */
  readonly topicPrefix?: string | undefined;
  readonly replicationFactor?: number | undefined;
  /** Sets what an operator changed as declared too. Default false. */
  readonly enforce?: boolean;
  /** Says what would be done and changes nothing. Default false. */
  readonly dryRun?: boolean;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export type ProvisionedTopic = Omit<AppliedTopic, 'settings'>;

export interface ProvisionedSchema {
  readonly subject: string;
  /** Undefined where a dry run found that it would be registered. */
  readonly id: number | undefined;
}

export interface ProvisionOutcome {
  readonly topics: readonly ProvisionedTopic[];
  readonly schemas: readonly ProvisionedSchema[];
}

/**
 * Creates and checks every topic, registers every schema, and records the settings that it set, which the next run compares
 * with: a value that differs from them was set by an operator. Safe to repeat, and to run twice at once.
 * Rejects with LogError or CodecError.
 */
export async function provision(options: ProvisionOptions): Promise<ProvisionOutcome> {
  const { log, registry, topics, topicPrefix = '', replicationFactor, enforce = false, dryRun = false, now = Date.now } = options;
  // Beside the topics: on a new cluster neither waits for the other before the end.
  const registering = dryRun ? lookUpSubjects(registry, topics, topicPrefix) : register(registry, topics, topicPrefix);
  registering.catch(() => undefined);
  const openCodec = async () => {
    await registering;
    return connectCodec(registry, ['switchboard.topics.v1.TopicSettings']);
  };

  const lastApplied = await readSettings(log, openCodec);
  const applied = await log.applyTopics(topics, {
    lastApplied,
    enforce,
    dryRun,
    ...(replicationFactor === undefined ? {} : { replicationFactor }),
  });
  const changed = changedSettings(topics, applied, lastApplied);
  if (!dryRun && changed.size > 0) await recordSettings(log, await openCodec(), changed, now());
  return {
    topics: applied.map(({ settings: _settings, ...topic }) => topic),
    schemas: [...(await registering)].map(([subject, id]) => ({ subject, id })),
  };
}

async function register(registry: RegistryOptions, topics: readonly Topic[], topicPrefix: string): Promise<ReadonlyMap<string, number>> {
  const records = await registerSchemas(registry);
  return new Map<string, number>([...records, ...(await registerTopicSubjects(registry, topics, topicPrefix))]);
}

/** What has to be recorded: settings by the name that this side has for the topic. */
function changedSettings(topics: readonly Topic[], applied: readonly AppliedTopic[], lastApplied: SettingsByTopic): SettingsByTopic {
  return new Map(
    topics.flatMap(({ name }, index) => {
      const settings = applied[index]?.settings ?? {};
      return isSame(settings, lastApplied.get(name)) ? [] : [[name, settings] as const];
    }),
  );
}

function isSame(one: TopicSettings, other: TopicSettings = {}): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
