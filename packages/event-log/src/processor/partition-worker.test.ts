import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../log.ts';
import { silentLogger } from '../logger.ts';
import { copy, createFakeLog, record, setUpWorker } from './testing/worker-rig.ts';

describe('startPartitionWorker', () => {
  it('does nothing for a partition without records', async () => {
    const { clock, state, worker } = setUpWorker();
    await clock.advance(60_000);
    expect(state.opens).toBe(0);
    expect(worker.healthy()).toBe(true);
  });

  it('takes the id once and processes transaction after transaction, each with its offset', async () => {
    const { clock, state, worker, fenced } = setUpWorker();
    worker.offer([record(0), record(1), record(4)]);
    await clock.advance(0);
    expect(state).toMatchObject({ output: ['v0', 'v1', 'v4'], committed: 5n, opens: 1 });
    expect(fenced).toEqual([{ topic: 'in', partition: 3, offset: 0n }]);
  });

  it('goes by the committed offset that it finds after taking the id', async () => {
    const log = setUpWorker();
    log.state.committed = 2n;
    log.worker.offer([record(0), record(1), record(2)]);
    await log.clock.advance(0);
    expect(log.state.output).toEqual(['v2']);
  });

  it('repeats records whose transaction was aborted, with the id taken again', async () => {
    const { clock, state, worker, fail, fenced } = setUpWorker();
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
    const { clock, state, worker, fail } = setUpWorker();
    fail('unknown', committed);
    worker.offer([record(0), record(1), record(2)]);
    await clock.advance(1_000);
    expect(state).toMatchObject({ output: ['v0', 'v1', 'v2'], committed: 3n });
  });

  it.each([false, true])(
    'takes the id anew, and counts no failure, when a request was lost and the transaction committed (start at the end: %s)',
    async (startsAtEnd) => {
      const log = setUpWorker({ startsAtEnd });
      log.state.lost = true;
      await log.clock.advance(0);
      log.worker.offer([record(0), record(1), record(2)]);
      await log.clock.advance(0);
      expect(log.state).toMatchObject({ output: ['v0', 'v1', 'v2'], committed: 3n, opens: 2 });
      expect(log.worker.healthy()).toBe(true);
    },
  );

  it('takes the id back when another holder took it and the partition is still its own', async () => {
    const { clock, state, worker } = setUpWorker();
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
    const log = setUpWorker({
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
    const { clock, state, worker, fatal } = setUpWorker({
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
    const { clock, state, worker, fatal } = setUpWorker({
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
    const log = setUpWorker({
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
    const log = setUpWorker({
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
    const { clock, state, worker } = setUpWorker({
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
    const { clock, worker, held } = setUpWorker({
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
    const { clock, worker } = setUpWorker({
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
});
