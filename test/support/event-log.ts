import { createAdmin } from '../../packages/event-log/src/admin.ts';
import { createAppender } from '../../packages/event-log/src/appender/appender.ts';
import { createClient, type KafkaClient } from '../../packages/event-log/src/client.ts';
import { createConsumer } from '../../packages/event-log/src/consumer/kafka-consumer.ts';
import type { EventLog } from '../../packages/event-log/src/log.ts';
import { createReader } from '../../packages/event-log/src/reader.ts';

/** The read and append parts of the Kafka log, and a kafkajs admin to set the stage with. */
export interface KafkaParts {
  readonly client: KafkaClient;
  readonly log: EventLog;
  createTopics(topics: readonly { readonly name: string; readonly partitions: number }[]): Promise<void>;
  deleteTopics(topics: readonly string[]): Promise<void>;
}

export function openKafkaParts(brokers: readonly string[]): KafkaParts {
  const client = createClient({ brokers, clientId: 'switchboard-tests' });
  const log: EventLog = {
    appender: (options) => createAppender(client, options),
    reader: (options) => createReader(client, options),
    consumer: (options) => createConsumer(client, options),
    admin: () => createAdmin(client),
  };

  async function withAdmin(act: (admin: ReturnType<ReturnType<KafkaClient['open']>['admin']>) => Promise<unknown>): Promise<void> {
    const admin = client.open().admin();
    await admin.connect();
    try {
      await act(admin);
    } finally {
      await admin.disconnect();
    }
  }

  return {
    client,
    log,
    createTopics: (topics) =>
      withAdmin((admin) =>
        admin.createTopics({
          waitForLeaders: true,
          topics: topics.map(({ name, partitions }) => ({
            topic: name,
            numPartitions: partitions,
            configEntries: [{ name: 'max.message.bytes', value: '4194304' }],
          })),
        }),
      ),
    deleteTopics: (topics) => withAdmin((admin) => admin.deleteTopics({ topics: [...topics] })),
  };
}
