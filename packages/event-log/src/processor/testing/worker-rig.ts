import { Readable } from 'node:stream';
import type { LogRecord, Position, Step, TopicPartition } from '../../log.ts';
import { silentLogger } from '../../logger.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { TransactionError, type TransactionFailure } from '../../transaction/transaction-error.ts';
import type { TransactionalProducer } from '../../transaction/transactional-producer.ts';
import { type PartitionWorkerOptions, startPartitionWorker } from '../partition-worker.ts';
import { createTurns } from '../turns.ts';

/** A log of one output partition and one committed offset, with transactional ids that are fenced as Kafka does it. */
export function createFakeLog() {
  const state = {
    committed: undefined as bigint | undefined,
    output: [] as string[],
    epoch: 0,
    opens: 0,
    lost: false,
    metadata: '',
    sizes: [] as number[],
  };
  const failures: { readonly failure: TransactionFailure; readonly committed: boolean }[] = [];

  async function open(): Promise<TransactionalProducer> {
    state.epoch += 1;
    state.opens += 1;
    const { epoch } = state;
    let spent = false;
    return {
      async run({ records, offset }) {
        if (spent) throw new Error('a spent producer was used');
        spent = state.lost;
        state.lost = false;
        const failing = failures.shift();
        if (epoch !== state.epoch) throw new TransactionError('fenced', 'a newer holder');
        if (failing === undefined || failing.committed) {
          state.output.push(...records.map(({ value }) => `${value}`));
          state.sizes.push(records.length);
          if (offset !== undefined) {
            state.committed = offset.position.offset;
            state.metadata = offset.metadata ?? '';
          }
        }
        if (failing !== undefined) throw new TransactionError(failing.failure, 'as told');
        return [];
      },
      committed: async () => (state.committed === undefined ? undefined : { offset: state.committed, metadata: state.metadata }),
      spent: () => spent,
      close: async () => undefined,
    };
  }
  return { state, open, fail: (failure: TransactionFailure, committed = false) => failures.push({ failure, committed }) };
}

/** A record of the input at an offset. */
export const record = (offset: number): LogRecord => ({
  topic: 'in',
  partition: 3,
  offset: BigInt(offset),
  timestamp: 0,
  key: Buffer.from('k'),
  value: Buffer.from(`v${offset}`),
  headers: [],
});

/** Writes the value of a record to the output. */
export const copy = ({ key, value }: LogRecord): readonly Step[] => [{ records: [{ topic: 'out', key: key ?? Buffer.alloc(0), value }] }];

/** A worker of partition 3 over the fake log, with what it reported. */
export function setUpWorker(more: Partial<PartitionWorkerOptions> = {}) {
  const clock = createManualClock();
  const log = createFakeLog();
  const fenced: Position[] = [];
  const takenOver: TopicPartition[] = [];
  const timedOut: TopicPartition[] = [];
  const held: boolean[] = [];
  const fatal: unknown[] = [];
  const worker = startPartitionWorker({
    topic: 'in',
    partition: 3,
    groupId: 'group',
    process: copy,
    onFenced: (at) => {
      fenced.push(at);
    },
    onTakenOver: (at) => takenOver.push(at),
    onTimedOut: (at) => timedOut.push(at),
    bounds: { maxRecords: 2, maxBytes: 1_000_000, maxAgeMs: 1_000 },
    buffer: { maxRecords: 8, maxBytes: 1_000_000 },
    rest: () => undefined,
    turns: createTurns(12, clock),
    open: log.open,
    startWithoutOffset: async () => 0n,
    startsAtEnd: false,
    logBegin: async () => 0n,
    readBack: () => Readable.from([]),
    hold: (next) => held.push(next),
    seek: () => undefined,
    onFatal: (error) => fatal.push(error),
    clock,
    logger: silentLogger,
    ...more,
  });
  return { ...log, clock, worker, fenced, takenOver, timedOut, held, fatal };
}
