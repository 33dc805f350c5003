import type { Topic } from '@switchboard/contracts';

/** What `applyTopics` needs of a declared topic. */
export type DeclaredTopic = Pick<Topic, 'name' | 'partitions' | 'cleanup' | 'retentionMs'>;

/** A setting that is not as declared, and whether it was set right. */
export interface SettingDifference {
  readonly name: string;
  readonly wanted: string;
  readonly found: string;
  readonly altered: boolean;
}

const MAX_MESSAGE_BYTES = 4_194_304;

// Changing the others means another topic: which records survive, and what their timestamps mean.
const alterable: ReadonlySet<string> = new Set(['retention.ms', 'max.message.bytes', 'min.insync.replicas']);

/** Topic configuration as Kafka names it, for a topic of so many replicas. */
export function topicSettings(topic: DeclaredTopic, replicationFactor: number): Readonly<Record<string, string>> {
  return {
    'cleanup.policy': topic.cleanup,
    'retention.ms': String(topic.retentionMs),
    'min.insync.replicas': String(Math.max(1, replicationFactor - 1)),
    'message.timestamp.type': 'CreateTime',
    'max.message.bytes': String(MAX_MESSAGE_BYTES),
  };
}

/** Differences between what is declared and what the brokers hold. */
export function compareSettings(
  wanted: Readonly<Record<string, string>>,
  found: ReadonlyMap<string, string>,
): readonly SettingDifference[] {
  return Object.entries(wanted)
    .filter(([name, value]) => found.get(name) !== value)
    .map(([name, value]) => ({ name, wanted: value, found: found.get(name) ?? '', altered: alterable.has(name) }));
}
