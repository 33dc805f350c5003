import { createKafkaLog, type KafkaLog } from '@switchboard/event-log';
import { uniqueTopic } from './broker.ts';

/** A topic that processors read, one that they write, and what a reader of committed records has seen of it. */
export interface CopiedTopics {
  readonly log: KafkaLog;
  readonly input: string;
  readonly output: string;
  /** Values of the records of the output, in the order in which they were read. */
  readonly written: readonly string[];
  /** Ends the reader; the topics stay. */
  stop(): Promise<void>;
}

/** Creates both topics with so many partitions, and reads the output from its beginning. */
export async function openCopiedTopics(brokers: readonly string[], partitions = 1): Promise<CopiedTopics> {
  const log = createKafkaLog({ brokers, clientId: 'test' });
  const [input, output] = [uniqueTopic('in'), uniqueTopic('out')];
  const topic = (name: string) => ({ name, partitions, cleanup: 'delete', retentionMs: 3_600_000 }) as const;
  await log.applyTopics([topic(input), topic(output)], { replicationFactor: 1 });
  const written: string[] = [];
  const reader = await log.reader({
    topics: [output],
    from: 'beginning',
    onRecords: (records) => void written.push(...records.map(({ value }) => `${value}`)),
  });
  return { log, input, output, written, stop: () => reader.stop() };
}
