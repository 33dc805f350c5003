import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { LogRecord, Position, Step, TopicPartition } from '../log.ts';
import { silentLogger } from '../logger.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { TransactionError, type TransactionFailure } from '../transaction/transaction-error.ts';
import type { TransactionalProducer } from '../transaction/transactional-producer.ts';
import { type PartitionWorkerOptions, startPartitionWorker } from './partition-worker.ts';
import { createTurns } from './turns.ts';

/** A log of one output partition and one committed offset, with transactional ids that are fenced as Kafka does it. */
function createFakeLog() {
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

const record = (offset: number): LogRecord => ({
  topic: 'in',
  partition: 3,
  offset: BigInt(offset),
  timestamp: 0,
  key: Buffer.from('k'),
  value: Buffer.from(`v${offset}`),
  headers: [],
});

const copy = ({ key, value }: LogRecord): readonly Step[] => [{ records: [{ topic: 'out', key: key ?? Buffer.alloc(0), value }] }];

function setUp(more: Partial<PartitionWorkerOptions> = {}) {
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

describe('startPartitionWorker', () => {
  it('does nothing for a partition without records', async () => {
    const { clock, state, worker } = setUp();
    await clock.advance(60_000);
    expect(state.opens).toBe(0);
    expect(worker.healthy()).toBe(true);
  });

  it('takes the id once and processes transaction after transaction, each with its offset', async () => {
    const { clock, state, worker, fenced } = setUp();
    worker.offer([record(0), record(1), record(4)]);
    await clock.advance(0);
    expect(state).toMatchObject({ output: ['v0', 'v1', 'v4'], committed: 5n, opens: 1 });
    expect(fenced).toEqual([{ topic: 'in', partition: 3, offset: 0n }]);
  });

  it('goes by the committed offset that it finds after taking the id', async () => {
    const log = setUp();
    log.state.committed = 2n;
    log.worker.offer([record(0), record(1), record(2)]);
    await log.clock.advance(0);
    expect(log.state.output).toEqual(['v2']);
  });

  it('repeats records whose transaction was aborted, with the id taken again', async () => {
    const { clock, state, worker, fail, fenced } = setUp();
    fail('aborted');
    worker.offer([record(0), record(1)]);
    await clock.advance(1_000);
    expect(state).toMatchObject({ output: ['v0', 'v1'], committed: 2n, opens: 2 });
    expect(fenced.map(({ offset }) => offset)).toEqual([0n, 0n]);
  });

  it.each([
    ['and had happened', true],
    ['and had not happened', false],
  ])('writes records once when their commit was not answered %s', async (_name, committed) => {
    const { clock, state, worker, fail } = setUp();
    fail('unknown', committed);
    worker.offer([record(0), record(1), record(2)]);
    await clock.advance(1_000);
    expect(state).toMatchObject({ output: ['v0', 'v1', 'v2'], committed: 3n });
  });

  it.each([false, true])(
    'takes the id anew, and counts no failure, when a request was lost and the transaction committed (start at the end: %s)',
    async (startsAtEnd) => {
      const log = setUp({ startsAtEnd });
      log.state.lost = true;
      await log.clock.advance(0);
      log.worker.offer([record(0), record(1), record(2)]);
      await log.clock.advance(0);
      expect(log.state).toMatchObject({ output: ['v0', 'v1', 'v2'], committed: 3n, opens: 2 });
      expect(log.worker.healthy()).toBe(true);
    },
  );

  it('takes the id back when another holder took it and the partition is still its own', async () => {
    const { clock, state, worker } = setUp();
    worker.offer([record(0)]);
    await clock.advance(0);
    state.epoch += 1;
    state.committed = 2n;
    worker.offer([record(1), record(2)]);
    await clock.advance(2_000);
    expect(state.output).toEqual(['v0', 'v2']);
    expect(worker.healthy()).toBe(true);
  });

  it('gives way to one who takes the id again and again: it waits longer each time, and says so', async () => {
    let duel = true;
    const log = setUp({
      process: (record) => {
        if (duel) log.state.epoch += 1;
        return copy(record);
      },
    });
    log.worker.offer([record(0)]);
    await log.clock.advance(60_000);
    expect(log.state.opens).toBeLessThan(10);
    expect(log.takenOver).toEqual(Array(log.state.opens).fill({ topic: 'in', partition: 3 }));
    expect(log.state.output).toEqual([]);
    expect(log.worker.healthy()).toBe(false);
    duel = false;
    await log.clock.advance(10_000);
    expect(log.state.output).toEqual(['v0']);
    expect(log.worker.healthy()).toBe(true);
  });

  it('stands still and is unhealthy while process throws, and recovers by itself', async () => {
    let broken = true;
    const { clock, state, worker, fatal } = setUp({
      process: (record) => {
        if (broken) throw new Error('broken');
        return copy(record);
      },
    });
    worker.offer([record(0)]);
    await clock.advance(5_000);
    expect(worker.healthy()).toBe(false);
    expect(state.output).toEqual([]);
    broken = false;
    await clock.advance(15_000);
    expect(worker.healthy()).toBe(true);
    expect(state.output).toEqual(['v0']);
    expect(fatal).toEqual([]);
  });

  it('ends with an error that is fatal', async () => {
    const error = Object.assign(new Error('stop'), { fatal: true });
    const { clock, state, worker, fatal } = setUp({
      process: () => {
        throw error;
      },
    });
    worker.offer([record(0)]);
    await clock.advance(60_000);
    expect(fatal).toEqual([error]);
    expect(state.opens).toBe(1);
  });

  it('reads back no more once it is stopped, and blames nobody for that', async () => {
    const read: (readonly LogRecord[])[] = [];
    const parts = new PassThrough({ objectMode: true });
    const warnings: unknown[] = [];
    const log = setUp({
      onFenced: async (_at, readBack) => {
        for await (const records of readBack(5n)) read.push(records);
      },
      readBack: () => parts,
      logger: { ...silentLogger, warn: (fields) => void warnings.push(fields) },
    });
    log.state.committed = 9n;
    log.worker.offer([record(9)]);
    parts.write([record(5)]);
    await log.clock.advance(0);
    const stopped = log.worker.stop();
    parts.write([record(6)]);
    await stopped;
    expect(read).toEqual([[record(5)]]);
    expect(warnings).toEqual([]);
  });

  it('hands the earlier records to onFenced', async () => {
    const asked: [bigint, bigint][] = [];
    const read: (readonly LogRecord[])[] = [];
    const log = setUp({
      onFenced: async (_at, readBack) => {
        for await (const records of readBack(5n)) read.push(records);
      },
      readBack: async function* (from, to) {
        asked.push([from, to]);
        yield [record(5)];
        yield [record(6)];
      },
    });
    log.state.committed = 9n;
    log.worker.offer([record(9)]);
    await log.clock.advance(0);
    expect(asked).toEqual([[5n, 9n]]);
    expect(read).toEqual([[record(5)], [record(6)]]);
  });

  it('fixes the end as the start at once, before any record comes', async () => {
    const sought: bigint[] = [];
    const { clock, state, worker } = setUp({
      startsAtEnd: true,
      startWithoutOffset: async () => 7n,
      seek: (offset) => void sought.push(offset),
    });
    await clock.advance(0);
    expect(state.committed).toBe(7n);
    expect(sought).toEqual([7n]);
    worker.offer([record(6), record(7)]);
    await clock.advance(0);
    expect(state.output).toEqual(['v7']);
  });

  it('holds back reading while much waits', async () => {
    const gate = Promise.withResolvers<void>();
    const { clock, worker, held } = setUp({
      process: async function* (record) {
        await gate.promise;
        yield* copy(record);
      },
    });
    worker.offer(Array.from({ length: 8 }, (_, offset) => record(offset)));
    await clock.advance(0);
    expect(held).toEqual([true]);
    gate.resolve();
    await clock.advance(0);
    expect(held).toEqual([true, false]);
  });

  it('ends the transaction that is going on and begins no other when it is stopped', async () => {
    const gate = Promise.withResolvers<void>();
    const log = createFakeLog();
    const { clock, worker } = setUp({
      open: async () => {
        const producer = await log.open();
        return {
          ...producer,
          async run(transaction) {
            await gate.promise;
            return producer.run(transaction);
          },
        };
      },
    });
    worker.offer([record(0), record(1), record(2)]);
    await clock.advance(0);
    const stopped = worker.stop();
    gate.resolve();
    await stopped;
    expect(log.state.output).toEqual(['v0', 'v1']);
  });

  it('commits the offset of a record with the cursor until the record is done, and continues it there after a failure', async () => {
    const parts = ['a', 'b', 'c', 'd', 'e'];
    const cursors: (string | undefined)[] = [];
    const { clock, state, worker, fail } = setUp({
      process: function* (_record, cursor) {
        cursors.push(cursor);
        for (const part of parts.filter((each) => cursor === undefined || each > cursor)) {
          const records = [{ topic: 'out', key: Buffer.from('k'), value: Buffer.from(part) }];
          yield part === 'e' ? { records } : { records, cursor: part };
        }
      },
    });
    worker.offer([record(7)]);
    await clock.advance(0);
    expect(state).toMatchObject({ output: parts, sizes: [2, 2, 1], committed: 8n, metadata: '' });
    fail('unknown', true);
    worker.offer([record(8)]);
    await clock.advance(0);
    expect(state).toMatchObject({ committed: 8n, metadata: 'U3dDAWI=' });
    await clock.advance(1_000);
    expect(state).toMatchObject({ output: [...parts, ...parts], committed: 9n, metadata: '' });
    expect(cursors).toEqual([undefined, undefined, 'b']);
  });

  it('ignores the cursor of a record that retention has deleted', async () => {
    const cursors: (string | undefined)[] = [];
    const { clock, state, worker } = setUp({
      process: (record, cursor) => {
        cursors.push(cursor);
        return copy(record);
      },
    });
    state.committed = 3n;
    state.metadata = 'U3dDAWI=';
    // Fetched from offset 3 on: no record is left below 5.
    worker.offer([record(5)], 3n);
    await clock.advance(0);
    expect(cursors).toEqual([undefined]);
  });

  it('waits, and processes nothing, while the cursor was written by a newer version', async () => {
    const codes: unknown[] = [];
    const { clock, state, worker } = setUp({
      logger: { ...silentLogger, warn: (fields) => void codes.push((fields as { readonly code?: unknown }).code) },
    });
    state.committed = 0n;
    state.metadata = Buffer.from('SwC\u0002b').toString('base64');
    worker.offer([record(0)]);
    await clock.advance(5_000);
    expect([state.output, worker.healthy(), codes[0]]).toEqual([[], false, 'ERR_LOG_NEWER_CURSOR']);
    state.metadata = '';
    await clock.advance(10_000);
    expect([state.output, worker.healthy()]).toEqual([['v0'], true]);
  });

  it('tries a transaction that timed out with half of its records, down to one step, and says so', async () => {
    const logged: object[] = [];
    const { clock, state, worker, fail, takenOver, timedOut } = setUp({
      bounds: { maxRecords: 8, maxBytes: 1_000_000, maxAgeMs: 1_000 },
      logger: { ...silentLogger, warn: (fields, message) => void logged.push({ ...(fields as object), message }) },
    });
    for (let times = 0; times < 4; times += 1) fail('timed-out');
    worker.offer(Array.from({ length: 8 }, (_, offset) => record(offset)));
    await clock.advance(60_000);
    expect(state.output).toEqual(['v0', 'v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7']);
    expect(state.sizes).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect([takenOver, timedOut]).toEqual([[], Array(4).fill({ topic: 'in', partition: 3 })]);
    expect(logged).toEqual(
      [4, 2, 1, 1].map((nextMaxRecords, index) =>
        expect.objectContaining({
          code: 'ERR_LOG_TRANSACTION_TIMED_OUT',
          message: 'A transaction timed out',
          records: 8 / 2 ** index,
          nextMaxRecords,
        }),
      ),
    );
  });

  it('grows again to its bound after transactions that were committed', async () => {
    const { clock, state, worker, fail } = setUp({
      bounds: { maxRecords: 4, maxBytes: 1_000_000, maxAgeMs: 1_000 },
      buffer: { maxRecords: 1_000, maxBytes: 1_000_000 },
    });
    fail('timed-out');
    worker.offer(Array.from({ length: 24 }, (_, offset) => record(offset)));
    await clock.advance(60_000);
    expect(state.sizes).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 4, 4]);
  });
});
