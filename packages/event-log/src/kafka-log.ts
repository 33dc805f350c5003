import { createFencedWriter, type FencedWriter } from './fenced-writer.ts';
import { createConsumer } from './group/kafka-consumer.ts';
import { type ClientOptions, createClient } from './kafkajs/client/client.ts';
import type { EventLog, Processor, ProcessorOptions } from './log.ts';
import { createProcessor } from './processor/processor.ts';
import { createAppender } from './produce/appender/appender.ts';
import { createReader } from './reader/reader.ts';
import { createAdmin } from './topics/admin.ts';
import { type AppliedTopic, type ApplyTopicsOptions, applyTopics } from './topics/apply-topics.ts';
import type { DeclaredTopic } from './topics/topic-settings.ts';

/** The log over Kafka: what every EventLog offers, and what needs transactions. */
export interface KafkaLog extends EventLog {
  processor(options: ProcessorOptions): Promise<Processor>;
  /** A writer under a transactional id of its own; opens nothing before its first run. */
  fencedWriter(transactionalId: string): Promise<FencedWriter>;
  /** Creates the topics that are missing and compares the others. */
  applyTopics(topics: readonly DeclaredTopic[], options?: ApplyTopicsOptions): Promise<readonly AppliedTopic[]>;
}

/** Opens nothing by itself: each appender, reader, consumer, processor and writer has connections of its own. */
export function createKafkaLog(options: ClientOptions): KafkaLog {
  const client = createClient(options);
  return {
    appender: (appenderOptions) => createAppender(client, appenderOptions),
    reader: (readerOptions) => createReader(client, readerOptions),
    consumer: (consumerOptions) => createConsumer(client, consumerOptions),
    admin: () => createAdmin(client),
    processor: (processorOptions) => createProcessor(client, processorOptions),
    fencedWriter: async (transactionalId) => createFencedWriter(client, transactionalId),
    applyTopics: (topics, applyOptions) => applyTopics(client, topics, applyOptions),
  };
}
