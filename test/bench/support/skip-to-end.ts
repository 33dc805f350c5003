import { createClient } from '../../../packages/event-log/src/kafkajs/client/client.ts';
import type { BenchStack } from './bench-stack.ts';

/** Commits the end of every partition of the topic for the group, which must have no members: what is there is not read any more. */
export async function skipToEnd(stack: BenchStack, groupId: string, topic: string): Promise<void> {
  const ends = await stack.admin.endOffsets(topic);
  const admin = createClient({ brokers: stack.backbone.brokers, clientId: 'switchboard-bench' }).open().admin();
  await admin.connect();
  try {
    await admin.setOffsets({
      groupId,
      topic,
      partitions: ends.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
    });
  } finally {
    await admin.disconnect();
  }
}
