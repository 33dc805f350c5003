import { LogError } from '../kafkajs/errors/log-error.ts';
import type { LogRecord, OutRecord, TopicPartition } from '../log.ts';
import { partitionOf } from '../partition-of.ts';

/** The records of one partition; the index of a record is its offset. */
export interface StoredPartition extends TopicPartition {
  readonly records: readonly LogRecord[];
}

export interface Store {
  /** Undefined when there is no such topic. */
  partitions(topic: string): readonly StoredPartition[] | undefined;
  /** Throws ERR_LOG_UNKNOWN_TOPIC when there is no such topic. */
  existing(topic: string): readonly StoredPartition[];
  /** The stored record; undefined when topic or partition does not exist. */
  append(record: OutRecord, now: number): LogRecord | undefined;
  /** Calls `listener` after every append; returns the function that ends it. */
  onAppend(listener: (partition: StoredPartition) => void): () => void;
  /** Committed offsets and their metadata by `keyOf`, of one group. */
  commits(groupId: string): Map<string, { readonly offset: bigint; readonly metadata: string }>;
  /** Groups that have a member. */
  readonly members: Set<string>;
}

export function createStore(topics: readonly { readonly name: string; readonly partitions: number }[]): Store {
  const stored = new Map<string, (StoredPartition & { readonly records: LogRecord[] })[]>(
    topics.map(({ name, partitions }) => [
      name,
      Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition, records: [] })),
    ]),
  );
  const listeners = new Set<(partition: StoredPartition) => void>();
  const groups = new Map<string, Map<string, { readonly offset: bigint; readonly metadata: string }>>();

  return {
    members: new Set(),
    partitions: (topic) => stored.get(topic),
    existing(topic) {
      const found = stored.get(topic);
      if (found === undefined) throw new LogError('ERR_LOG_UNKNOWN_TOPIC', `the topic ${topic} does not exist`);
      return found;
    },
    append(record, now) {
      const ofTopic = stored.get(record.topic);
      const target = ofTopic?.[record.partition ?? partitionOf(record.key, ofTopic.length)];
      if (target === undefined) return undefined;
      const { topic, key, value, headers = [], timestamp = now } = record;
      const entry: LogRecord = {
        topic,
        partition: target.partition,
        offset: BigInt(target.records.length),
        timestamp,
        key,
        value,
        headers,
      };
      target.records.push(entry);
      for (const listener of listeners) listener(target);
      return entry;
    },
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    commits(groupId) {
      const commits = groups.get(groupId) ?? new Map();
      groups.set(groupId, commits);
      return commits;
    },
  };
}
