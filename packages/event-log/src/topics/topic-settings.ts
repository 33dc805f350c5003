import type { Topic } from '@switchboard/contracts';

/** What `applyTopics` needs of a declared topic. */
export type DeclaredTopic = Pick<Topic, 'name' | 'partitions' | 'cleanup' | 'retentionMs' | 'defaultRetentionMs'>;

/** Values by the name that Kafka has for a setting. */
export type TopicSettings = Readonly<Record<string, string>>;

/** A setting as the brokers have it. */
export interface CurrentSetting {
  readonly value: string;
  /** False for a default of the cluster. */
  readonly setOnTopic: boolean;
}

/** What becomes of a setting that is not as declared. */
export type SettingAction =
  /** It is set as declared. */
  | 'set'
  /** An operator set it on the topic: it is kept, unless `enforce` is given. */
  | 'kept'
  /** The cluster does not have it or refuses it: it is left out. */
  | 'not-offered'
  /** It is never changed: which records survive and what their timestamps mean would change with it. */
  | 'never-changed';

export interface SettingDifference {
  readonly name: string;
  readonly wanted: string;
  /** Undefined where the cluster does not tell. */
  readonly found: string | undefined;
  readonly action: SettingAction;
}

const MAX_MESSAGE_BYTES = 4_194_304;

const alterable: ReadonlySet<string> = new Set(['retention.ms', 'max.message.bytes', 'min.insync.replicas']);

/** Without it, the newest app installs would be deleted with the oldest: a cluster that refuses it cannot be used. */
export const indispensable: ReadonlySet<string> = new Set(['cleanup.policy']);

/** Topic configuration as Kafka names it, for a topic of so many replicas. */
export function topicSettings(topic: DeclaredTopic, replicationFactor: number): TopicSettings {
  return {
    'cleanup.policy': topic.cleanup,
    'retention.ms': String(topic.retentionMs),
    'min.insync.replicas': String(Math.max(1, replicationFactor - 1)),
    'message.timestamp.type': 'CreateTime',
    'max.message.bytes': String(MAX_MESSAGE_BYTES),
  };
}

/** What earlier releases set, which kept no record of it. */
export function unrecordedSettings(topic: DeclaredTopic, replicationFactor: number): TopicSettings {
  return topicSettings({ ...topic, retentionMs: topic.defaultRetentionMs ?? topic.retentionMs }, replicationFactor);
}

export interface DecisionParts {
  readonly wanted: TopicSettings;
  readonly current: ReadonlyMap<string, CurrentSetting>;
  /** What we set last. */
  readonly lastApplied: TopicSettings;
  readonly enforce: boolean;
}

/**
 * The differences between what is declared and what the brokers have, and what to do about each.
 *
 * A value that is set on the topic and is not the one that we set last was set by an operator. Only comparing with what was
 * set last tells the two apart: brokers say that a value is set on the topic, not by whom, and a default of an earlier
 * release or an earlier RETENTION_RAW looks the same there. A setting that is not set on the topic is set again, so that
 * removing it does not expose raw notifications to a retention default of the cluster.
 */
export function decideSettings({ wanted, current, lastApplied, enforce }: DecisionParts): readonly SettingDifference[] {
  return Object.entries(wanted).flatMap(([name, value]): SettingDifference[] => {
    const setting = current.get(name);
    if (setting?.value === value) return [];
    return [{ name, wanted: value, found: setting?.value, action: actionOf(name, setting, lastApplied[name], enforce) }];
  });
}

function actionOf(name: string, setting: CurrentSetting | undefined, lastApplied: string | undefined, enforce: boolean): SettingAction {
  if (setting === undefined) return 'not-offered';
  if (!alterable.has(name)) return 'never-changed';
  return enforce || !setting.setOnTopic || setting.value === lastApplied ? 'set' : 'kept';
}

/** What to record: the settings that are now as declared, over what was recorded before. */
export function appliedSettings(
  wanted: TopicSettings,
  differences: readonly SettingDifference[],
  lastApplied: TopicSettings = {},
): TopicSettings {
  const others = new Set(differences.filter(({ action }) => action !== 'set').map(({ name }) => name));
  return { ...lastApplied, ...Object.fromEntries(Object.entries(wanted).filter(([name]) => !others.has(name))) };
}
