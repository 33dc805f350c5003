import { join } from 'node:path';
import { collectLines } from './json-lines.ts';

interface DumpedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly headers: readonly (readonly [name: string, value: string | null])[];
  readonly value?: string | null;
  readonly hash?: string | null;
}

/** A record of a topic dump. */
export interface TopicRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  /** Empty where the topic was dumped without values. */
  readonly value: Buffer;
  /** Of the value; empty where the topic was dumped with values. */
  readonly valueHash: string;
  /** The header's text; '' without it. */
  header(name: string): string;
  /** Names and values, these in base64, by name. */
  headers(): readonly (readonly [name: string, value: string | null])[];
}

/** What `pick` makes of every record of a dumped topic. */
export function readTopic<Item>(directory: string, topic: string, pick: (record: TopicRecord) => Item): Promise<Item[]> {
  return collectLines<DumpedRecord, Item>(join(directory, `${topic}.jsonl`), ({ partition, offset, key, headers, value, hash }) =>
    pick({
      topic,
      partition,
      offset,
      key: Buffer.from(key ?? '', 'base64').toString(),
      value: Buffer.from(value ?? '', 'base64'),
      valueHash: hash ?? '',
      headers: () => headers.toSorted(([one], [other]) => (one < other ? -1 : 1)),
      header: (name) => Buffer.from(headers.find(([other]) => other === name)?.[1] ?? '', 'base64').toString(),
    }),
  );
}
