import type { TopicPartition } from './log.ts';

/** One text for a partition, as the key of maps. */
export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
