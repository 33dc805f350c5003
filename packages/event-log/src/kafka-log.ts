import { createFencedWriter } from './fenced-writer.ts';
import { createConsumer } from './group/kafka-consumer.ts';
import { type ClientOptions, createClient } from './kafkajs/client/client.ts';
import { prefixNames } from './prefixed-log.ts';
import { createProcessor } from './processor/processor.ts';
import { createAppender } from './produce/appender/appender.ts';
import { createReader } from './reader/reader.ts';
import { createAdmin } from './topics/admin.ts';
import { applyTopics } from './topics/apply-topics.ts';
import { describeCluster } from './topics/describe-cluster.ts';
import type { KafkaLog } from './transactional-log.ts';

export type { KafkaLog } from './transactional-log.ts';

export interface KafkaLogOptions extends ClientOptions {
  /** Goes before every topic, group and transactional id in Kafka; names on this side of the log are without it. */
  readonly topicPrefix?: string;
}

/** Opens nothing by itself: each appender, reader, consumer, processor and writer has its own connections. */
export function createKafkaLog({ topicPrefix = '', ...options }: KafkaLogOptions): KafkaLog {
  const log = openKafkaLog(options);
  return topicPrefix === '' ? log : prefixNames(log, topicPrefix);
}

function openKafkaLog(options: ClientOptions): KafkaLog {
  const client = createClient(options);
  return {
    appender: (appenderOptions) => createAppender(client, appenderOptions),
    reader: (readerOptions) => createReader(client, readerOptions),
    consumer: (consumerOptions) => createConsumer(client, consumerOptions),
    admin: () => createAdmin(client),
    processor: (processorOptions) => createProcessor(client, processorOptions),
    fencedWriter: async (transactionalId) => createFencedWriter(client, transactionalId),
    applyTopics: (topics, applyOptions) => applyTopics(client, topics, applyOptions),
    describeCluster: () => describeCluster(client),
  };
}
