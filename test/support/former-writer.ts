import type { KafkaClient } from '../../packages/event-log/src/kafkajs/client/client.ts';
import {
  openTransactionalProducer,
  type TransactionalProducer,
} from '../../packages/event-log/src/produce/transaction/transactional-producer.ts';

/** What a broker makes of TxnOffsetCommit before version 3, which had no member. */
const WITHOUT_MEMBER = { memberId: '', generationId: -1 };

/**
 * Writes as versions did that had a transactional id for each input partition: `<group>.<topic>.<partition>`, offsets without member and
 * generation, and metadata for unfinished records only. Copies record n of a partition as `<partition>:<n>`.
 */
export function startFormerWriter(client: KafkaClient, { group, input, output }: { group: string; input: string; output: string }) {
  const producers = new Map<number, TransactionalProducer>();

  async function producerOf(partition: number): Promise<TransactionalProducer> {
    const known = producers.get(partition);
    if (known !== undefined) return known;
    const opened = await openTransactionalProducer(client, { transactionalId: `${group}.${input}.${partition}`, topics: [output] });
    producers.set(partition, opened);
    return opened;
  }

  return {
    async commit(partition: number, { from, to, metadata = '' }: { from: number; to: number; metadata?: string }): Promise<void> {
      const producer = await producerOf(partition);
      await producer.run({
        records: Array.from({ length: to - from }, (_, index) => ({
          topic: output,
          partition,
          key: Buffer.from('k'),
          value: Buffer.from(`${partition}:${from + index}`),
        })),
        offsets: {
          groupId: group,
          member: WITHOUT_MEMBER,
          positions: [{ topic: input, partition, offset: BigInt(to), metadata }],
        },
      });
    },
    close: () => Promise.all([...producers.values()].map((producer) => producer.close())),
  };
}
