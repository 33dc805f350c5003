import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../log.ts';
import { createFakeGroupLog } from './testing/fake-group-log.ts';
import { copy, record, records, setUpProcessing } from './testing/processing-rig.ts';

const MARK = 'U3dDAQ==';

describe('an input partition', () => {
  it('has no transaction while it has no records', async () => {
    const { clock, state, healthy } = setUpProcessing();
    await clock.advance(60_000);
    expect([state.transactions, state.reads, healthy()]).toEqual([[], { any: 0, stable: 0 }, true]);
  });

  it('has its id taken once and transaction after transaction, each with its offset and our metadata', async () => {
    const { clock, state, input, fenced, committed, metadata } = setUpProcessing();
    input().offer([record(0), record(1), record(4)]);
    await clock.advance(100);
    expect(state).toMatchObject({ output: ['v0', 'v1', 'v4'], opened: ['group.fresh'], reads: { any: 1, stable: 1 } });
    expect([committed(), metadata()]).toEqual([5n, MARK]);
    expect(fenced).toEqual([{ topic: 'in', partition: 3, offset: 0n }]);
  });

  it('begins at the stable offset of the group', async () => {
    const { clock, state, input, commit, at } = setUpProcessing();
    commit(at(), 2n);
    input().offer([record(0), record(1), record(2)]);
    await clock.advance(0);
    expect(state.output).toEqual(['v2']);
  });

  it('waits while an open transaction may change the offset, however long, and then goes by what is committed', async () => {
    const { clock, state, input, commit, at, healthy } = setUpProcessing();
    state.unstable.add('in/3');
    input().offer([record(0), record(1), record(2)]);
    await clock.advance(30_000);
    expect([state.output, healthy()]).toEqual([[], true]);
    commit(at(), 2n);
    state.unstable.clear();
    await clock.advance(500);
    expect(state.output).toEqual(['v2']);
  });

  it('repeats the same steps when their transaction was aborted, without asking process again', async () => {
    let calls = 0;
    const { clock, state, input, fail, fenced, committed } = setUpProcessing({
      process: (each) => {
        calls += 1;
        return copy(each);
      },
    });
    fail('aborted');
    input().offer([record(0), record(1)]);
    await clock.advance(1_000);
    expect(state).toMatchObject({ output: ['v0', 'v1'], opened: ['group.fresh', 'group.fresh'] });
    expect([committed(), calls, fenced.length]).toEqual([2n, 2, 1]);
  });

  it.each([
    ['and had happened', true],
    ['and had not happened', false],
  ])('writes records once when their commit got no response %s', async (_name, landed) => {
    const { clock, state, input, fail, committed, fenced } = setUpProcessing();
    fail('unknown', { committed: landed });
    input().offer([record(0), record(1), record(2)]);
    await clock.advance(2_000);
    expect([state.output, committed(), fenced.length]).toEqual([['v0', 'v1', 'v2'], 3n, 1]);
  });

  it.each([false, true])(
    'has the id taken again, and counts no failure, when a request was lost and the transaction committed (start at the end: %s)',
    async (startsAtEnd) => {
      const log = setUpProcessing({ startsAtEnd });
      log.state.lost = true;
      await log.clock.advance(0);
      log.input().offer([record(0), record(1), record(2)]);
      await log.clock.advance(100);
      expect(log.state.output).toEqual(['v0', 'v1', 'v2']);
      expect([log.committed(), log.state.opened.length, log.healthy()]).toEqual([3n, 2, true]);
    },
  );

  it('waits and is unhealthy while process throws, and recovers by itself', async () => {
    let broken = true;
    const { clock, state, input, healthy, fatal } = setUpProcessing({
      process: (each) => {
        if (broken) throw new Error('broken');
        return copy(each);
      },
    });
    input().offer([record(0)]);
    await clock.advance(5_000);
    expect(healthy()).toBe(false);
    expect(state.output).toEqual([]);
    broken = false;
    await clock.advance(15_000);
    expect(healthy()).toBe(true);
    expect(state.output).toEqual(['v0']);
    expect(fatal).toEqual([]);
  });

  it('ends the processor with an error that is fatal', async () => {
    const error = Object.assign(new Error('stop'), { fatal: true });
    const { clock, input, fatal } = setUpProcessing({
      process: () => {
        throw error;
      },
    });
    input().offer([record(0)]);
    await clock.advance(10);
    expect(fatal).toEqual([error]);
  });

  it('skips no record when its steps fail in the middle', async () => {
    let broken = true;
    const { clock, state, input } = setUpProcessing({
      process: function* (each) {
        yield { records: [], cursor: 'a' };
        if (broken) throw new Error('broken');
        yield* copy(each);
      },
    });
    input().offer([record(0), record(1)]);
    await clock.advance(500);
    broken = false;
    await clock.advance(10_000);
    expect(state.output).toEqual(['v0', 'v1']);
  });

  it('reads back no more once it is lost, and reports no failure for that', async () => {
    const read: (readonly LogRecord[])[] = [];
    const parts = new PassThrough({ objectMode: true });
    const log = setUpProcessing({
      onFenced: async (_at, readBack) => {
        for await (const found of readBack(5n)) read.push(found);
      },
      readBack: () => parts,
    });
    log.commit(log.at(), 9n);
    log.input().offer([record(9)]);
    parts.write([record(5)]);
    await log.clock.advance(0);
    log.join([]);
    parts.write([record(6)]);
    await log.clock.advance(0);
    expect(read).toEqual([[record(5)]]);
    expect(log.seen.logged).toEqual([]);
  });

  it('hands the earlier records to onFenced', async () => {
    const asked: [bigint, bigint][] = [];
    const read: (readonly LogRecord[])[] = [];
    const log = setUpProcessing({
      onFenced: async (_at, readBack) => {
        for await (const found of readBack(5n)) read.push(found);
      },
      readBack: async function* (from, to) {
        asked.push([from, to]);
        yield [record(5)];
        yield [record(6)];
      },
    });
    log.commit(log.at(), 9n);
    log.input().offer([record(9)]);
    await log.clock.advance(0);
    expect(asked).toEqual([[5n, 9n]]);
    expect(read).toEqual([[record(5)], [record(6)]]);
  });

  it('commits the end as the start at once, before any record arrives', async () => {
    const sought: bigint[] = [];
    const { clock, state, input, committed } = setUpProcessing({
      startsAtEnd: true,
      startWithoutOffset: async () => 7n,
      seek: (offset) => void sought.push(offset),
    });
    await clock.advance(100);
    expect(committed()).toBe(7n);
    expect(sought).toEqual([7n]);
    input().offer([record(6), record(7)]);
    await clock.advance(100);
    expect(state.output).toEqual(['v7']);
  });

  it('pauses reading while much waits', async () => {
    const gate = Promise.withResolvers<void>();
    const { clock, input, seen } = setUpProcessing({
      process: async function* (each) {
        await gate.promise;
        yield* copy(each);
      },
    });
    input().offer(records(8));
    await clock.advance(0);
    expect(seen.paused).toEqual([true]);
    gate.resolve();
    await clock.advance(1_000);
    expect(seen.paused).toEqual([true, false]);
  });

  it('ends the transaction that is running and begins no other when the processor is stopped', async () => {
    const gate = Promise.withResolvers<void>();
    const log = createFakeGroupLog();
    log.state.within = () => gate.promise;
    const { clock, input, stop } = setUpProcessing({ log });
    input().offer([record(0), record(1), record(2)]);
    await clock.advance(0);
    const stopped = stop();
    gate.resolve();
    await stopped;
    expect(log.state.output).toEqual(['v0', 'v1']);
  });
});
