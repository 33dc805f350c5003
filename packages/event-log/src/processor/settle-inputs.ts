import type { LogLogger } from '../logger.ts';
import { keyOf } from '../partition-key.ts';
import type { TransactionalProducer } from '../produce/transaction/transactional-producer.ts';
import { isOfProcess } from './cursor-metadata.ts';
import type { PartitionInput } from './partition-input.ts';

const FENCED_AT_ONCE = 8;

export interface SettleOptions {
  readonly groupId: string;
  readonly logger: LogLogger;
}

/**
 * Reads where the group is in the inputs that want it, and tells them. An offset counts once no open transaction may change it.
 *
 * Versions that had a transactional id for each input partition may have left a transaction open under it. It is fenced, once in a
 * process, before the offset of a partition is read whose metadata does not show that a transaction of a process wrote it.
 */
export function createSettleInputs({ groupId, logger }: SettleOptions) {
  /** By `keyOf`: nothing is open under the id of the partition. */
  const cleared = new Set<string>();

  async function clear(producer: TransactionalProducer, inputs: readonly PartitionInput[]): Promise<void> {
    const unknown = inputs.filter((input) => !cleared.has(keyOf(input)));
    if (unknown.length === 0) return;
    const found = await producer.offsets(groupId, unknown, 'any');
    const former = unknown.filter((input) => {
      const offset = found.get(keyOf(input));
      return typeof offset !== 'object' || !isOfProcess(offset);
    });
    for (let from = 0; from < former.length; from += FENCED_AT_ONCE) {
      await Promise.all(
        former.slice(from, from + FENCED_AT_ONCE).map(({ topic, partition }) => producer.fence(`${groupId}.${topic}.${partition}`)),
      );
    }
    for (const input of unknown) cleared.add(keyOf(input));
  }

  return async (producer: TransactionalProducer, inputs: readonly PartitionInput[], current: () => boolean): Promise<void> => {
    if (inputs.length === 0) return;
    await clear(producer, inputs);
    const found = await producer.offsets(groupId, inputs, 'stable');
    // Another generation may have begun; its offsets are read for it.
    if (!current()) return;
    for (const input of inputs) {
      if (!input.wantsOffset()) continue;
      const offset = found.get(keyOf(input));
      if (offset === 'unstable') {
        logger.debug({ groupId, topic: input.topic, partition: input.partition }, 'An open transaction may change the offset');
        input.unstable();
      } else {
        void input.settle(offset);
      }
    }
  };
}
