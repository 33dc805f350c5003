import type { TopicPartition } from '../../log.ts';
import type { CommittedOffset } from '../../offset-metadata.ts';
import { keyOf } from '../../partition-key.ts';
import { TransactionError, type TransactionFailure } from '../../produce/transaction/transaction-error.ts';
import type { TransactionalProducer } from '../../produce/transaction/transactional-producer.ts';

export interface FakeTransaction {
  readonly transactionalId: string;
  readonly generationId: number | undefined;
  /** Partitions whose offsets it commits. */
  readonly partitions: readonly number[];
  readonly records: number;
}

interface Failure {
  readonly failure: TransactionFailure;
  readonly committed: boolean;
  readonly atOutput: boolean;
}

/** A log with one output partition and a group: transactional ids and generations are fenced as Kafka does it. */
export function createFakeGroupLog() {
  const state = {
    /** By `keyOf`. */
    committed: new Map<string, CommittedOffset>(),
    /** By `keyOf`: an open transaction may change the offset. */
    unstable: new Set<string>(),
    output: [] as string[],
    transactions: [] as FakeTransaction[],
    /** Ids that were taken, in order. */
    opened: [] as string[],
    fenced: [] as string[],
    /** Number of the reads of offsets, with and without `require_stable`. */
    reads: { any: 0, stable: 0 },
    generation: 1,
    lost: false,
    /** A value that the output partition does not take. */
    refused: undefined as string | undefined,
    /** Where given, awaited within each transaction. */
    within: undefined as ((transactionalId: string, values: readonly string[]) => Promise<void>) | undefined,
  };
  const epochs = new Map<string, number>();
  const failures: Failure[] = [];
  const take = (transactionalId: string): number => {
    const epoch = (epochs.get(transactionalId) ?? 0) + 1;
    epochs.set(transactionalId, epoch);
    return epoch;
  };

  async function open(transactionalId: string): Promise<TransactionalProducer> {
    const epoch = take(transactionalId);
    state.opened.push(transactionalId);
    let spent = false;
    return {
      async run({ records, offsets }) {
        if (spent) throw new Error('a spent producer was used');
        spent = state.lost;
        state.lost = false;
        await state.within?.(
          transactionalId,
          records.map(({ value }) => `${value}`),
        );
        const fail = (failure: TransactionFailure, atOutput = false): never => {
          throw new TransactionError(failure, 'as told', { atOutput });
        };
        const failing = failures.shift();
        if (epoch !== epochs.get(transactionalId)) fail('fenced');
        if (offsets !== undefined && offsets.member.generationId !== state.generation) fail('not-member');
        if (records.some(({ value }) => `${value}` === state.refused)) fail('aborted', true);
        if (failing === undefined || failing.committed) {
          state.output.push(...records.map(({ value }) => `${value}`));
          const positions = offsets?.positions ?? [];
          for (const { offset, metadata, ...partition } of positions) state.committed.set(keyOf(partition), { offset, metadata });
          state.transactions.push({
            transactionalId,
            generationId: offsets?.member.generationId,
            partitions: positions.map(({ partition }) => partition),
            records: records.length,
          });
        }
        if (failing !== undefined) fail(failing.failure, failing.atOutput);
        return [];
      },
      async offsets(_groupId, partitions, require) {
        state.reads[require] += 1;
        return new Map(
          partitions.flatMap((partition): [string, CommittedOffset | 'unstable'][] => {
            const key = keyOf(partition);
            if (require === 'stable' && state.unstable.has(key)) return [[key, 'unstable']];
            const found = state.committed.get(key);
            return found === undefined ? [] : [[key, found]];
          }),
        );
      },
      async fence(other) {
        take(other);
        state.fenced.push(other);
      },
      spent: () => spent,
      close: async () => undefined,
    };
  }

  return {
    state,
    open,
    /** Another process takes the id. */
    takeAway: (transactionalId: string) => void take(transactionalId),
    commit: (partition: TopicPartition, offset: bigint, metadata = '') => void state.committed.set(keyOf(partition), { offset, metadata }),
    fail: (failure: TransactionFailure, { committed = false, atOutput = false } = {}) =>
      void failures.push({ failure, committed, atOutput }),
  };
}
