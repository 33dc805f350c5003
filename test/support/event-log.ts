import { createKafkaLog, type KafkaLog } from '@switchboard/event-log';
import { createClient, type KafkaClient } from '../../packages/event-log/src/kafkajs/client/client.ts';

/** The Kafka log, its client, and what sets the stage for a test. */
export interface KafkaParts {
  readonly client: KafkaClient;
  readonly log: KafkaLog;
  createTopics(topics: readonly { readonly name: string; readonly partitions: number }[]): Promise<void>;
  deleteTopics(topics: readonly string[]): Promise<void>;
  /** Makes partition 0 begin at `before`, as retention does. */
  deleteRecords(topic: string, before: bigint): Promise<void>;
}

export function openKafkaParts(brokers: readonly string[]): KafkaParts {
  const options = { brokers, clientId: 'switchboard-tests' };
  const client = createClient(options);

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
    log: createKafkaLog(options),
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
    deleteRecords: (topic, before) =>
      withAdmin(async (admin) => {
        // Loads the metadata that deleting needs.
        await admin.fetchTopicOffsets(topic);
        await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(before) }] });
      }),
    deleteTopics: (topics) => withAdmin((admin) => admin.deleteTopics({ topics: [...topics] })),
  };
}
