import { describe, expect, it, vi } from 'vitest';
import { TransactionError } from '../produce/transaction/transaction-error.ts';
import { encodeCursor } from './cursor-metadata.ts';
import { createFakeGroupLog } from './testing/fake-group-log.ts';
import { copy, record, records, setUpProcessing } from './testing/processing-rig.ts';

const MARK = 'U3dDAQ==';
const WIDE = { bounds: { maxRecords: 1_000 } };

describe('one transaction over all partitions of a process', () => {
  it('has the slices of 3 partitions that have records, with one commit of their offsets', async () => {
    const { clock, state, input, committed } = setUpProcessing({ ...WIDE, partitions: [0, 1, 2, 3] });
    for (const partition of [0, 1, 2]) input(partition).offer(records(2, partition));
    await clock.advance(100);
    expect(state.transactions).toEqual([{ transactionalId: 'group.fresh', generationId: 1, partitions: [0, 1, 2], records: 6 }]);
    expect([0, 1, 2, 3].map((partition) => committed(partition))).toEqual([2n, 2n, 2n, undefined]);
  });

  it('begins at once after a pause, and 17 ms after the last one began while records keep arriving', async () => {
    const { clock, state, input } = setUpProcessing({ ...WIDE, partitions: [0] });
    input().offer([record(0, 0)]);
    await clock.advance(0);
    expect(state.transactions).toHaveLength(1);
    input().offer([record(1, 0)]);
    await clock.advance(16);
    expect(state.transactions).toHaveLength(1);
    await clock.advance(1);
    expect(state.transactions).toHaveLength(2);
    await clock.advance(1_000);
    input().offer([record(2, 0)]);
    await clock.advance(0);
    expect(state.transactions).toHaveLength(3);
  });

  it('does not let a partition with 8 steps of 10 records delay two with 2 records each', async () => {
    const heavy = Array.from({ length: 10 }, () => ({ topic: 'out', key: Buffer.alloc(0), value: Buffer.from('heavy') }));
    const { clock, state, input } = setUpProcessing({
      bounds: { maxRecords: 30 },
      partitions: [0, 1, 2],
      process: (each) => (each.partition === 0 ? [{ records: heavy }] : copy(each)),
    });
    for (const partition of [0, 1, 2]) input(partition).offer(records(partition === 0 ? 8 : 2, partition));
    await clock.advance(0);
    expect(state.output.filter((value) => value !== 'heavy').toSorted()).toEqual(['1:0', '1:1', '2:0', '2:1']);
    await clock.advance(1_000);
    expect(state.output).toHaveLength(84);
  });

  it('has the records of a partition that arrive while it is packed', async () => {
    const rig = setUpProcessing({
      ...WIDE,
      partitions: [0, 1],
      *process(each) {
        if (each.partition === 0 && each.offset === 1n) {
          rig.input(1).offer([record(1, 1)]);
          // Longer than packing may keep the event loop.
          for (const until = performance.now() + 10; performance.now() < until; );
        }
        yield* copy(each);
      },
    });
    for (const partition of [0, 1]) rig.input(partition).offer([record(0, partition)]);
    await rig.clock.advance(100);
    rig.input(0).offer([record(1, 0), record(2, 0)]);
    await rig.clock.advance(100);
    await vi.waitFor(() => expect(rig.state.output).toHaveLength(5));
    expect(rig.state.transactions.map(({ partitions, records: count }) => [partitions, count])).toEqual([
      [[0, 1], 2],
      [[0, 1], 3],
    ]);
  });

  it('leaves out a partition whose process throws, which waits with its own backoff while the others continue', async () => {
    let broken = true;
    const { clock, state, input, seen } = setUpProcessing({
      ...WIDE,
      partitions: [0, 1, 2],
      process: (each) => {
        if (broken && each.partition === 1) throw new Error('broken');
        return copy(each);
      },
    });
    for (const partition of [0, 1, 2]) input(partition).offer(records(2, partition));
    await clock.advance(5_000);
    expect(state.output.toSorted()).toEqual(['0:0', '0:1', '2:0', '2:1']);
    expect([0, 1, 2].map((partition) => input(partition).healthy())).toEqual([true, false, true]);
    expect(seen.logged[0]).toMatchObject({ partition: 1, message: 'Records were not processed', retryInMs: 100 });
    for (const partition of [0, 2]) input(partition).offer([record(2, partition)]);
    await clock.advance(10);
    expect(state.output).toHaveLength(6);
    broken = false;
    await clock.advance(15_000);
    expect(state.output).toHaveLength(8);
    expect(input(1).healthy()).toBe(true);
  });

  it('is repeated per partition when it fails at an output partition: only those that write to it wait', async () => {
    const { clock, state, input, committed } = setUpProcessing({ ...WIDE, partitions: [0, 1, 2] });
    state.refused = '1:1';
    for (const partition of [0, 1, 2]) input(partition).offer(records(2, partition));
    await clock.advance(1_000);
    expect(state.output).toEqual(['0:0', '0:1', '2:0', '2:1']);
    expect(state.transactions.map(({ transactionalId, partitions }) => [transactionalId, partitions])).toEqual([
      ['group.fresh:alone', [0]],
      ['group.fresh:alone', [2]],
    ]);
    // They are together again, and partition 1 follows once its output is taken.
    for (const partition of [0, 2]) input(partition).offer([record(2, partition)]);
    await clock.advance(20);
    expect(state.transactions.at(-1)).toMatchObject({ transactionalId: 'group.fresh', partitions: [0, 2] });
    state.refused = undefined;
    await clock.advance(15_000);
    expect([committed(1), input(1).healthy()]).toEqual([2n, true]);
  });

  it('is repeated for an input that can be written although two others fail for longer than they pause', async () => {
    const { clock, state, input, committed } = setUpProcessing({ ...WIDE, partitions: [0, 1, 2] });
    // As at an output partition without enough replicas.
    state.within = async (_, values) => {
      if (!values.some((value) => value === '0:0' || value === '1:0')) return;
      await new Promise<void>((resolve) => clock.after(10_000, resolve));
      throw new TransactionError('aborted', 'not enough replicas', { atOutput: true });
    };
    for (const partition of [0, 1, 2]) input(partition).offer(records(1, partition));
    for (let seconds = 0; seconds < 60; seconds += 1) await clock.advance(1_000);
    expect([committed(0), committed(1), committed(2)]).toEqual([undefined, undefined, 1n]);
  });

  it('continues while a transaction of one partition hangs at its output partition', async () => {
    const { clock, state, input } = setUpProcessing({ ...WIDE, partitions: [0, 1] });
    state.refused = '1:0';
    for (const partition of [0, 1]) input(partition).offer(records(1, partition));
    await clock.advance(50);
    state.within = (id) => (id.endsWith(':alone') ? new Promise<void>(() => undefined) : Promise.resolve());
    await clock.advance(10_000);
    input(0).offer([record(1, 0)]);
    await clock.advance(50);
    expect(state.output).toEqual(['0:0', '0:1']);
  });
});

describe('generations of the group', () => {
  it('drop what was packed in an earlier one, and repeat it where the stable offset is the one committed last', async () => {
    const asked: string[] = [];
    const { clock, state, input, join, fenced } = setUpProcessing({
      ...WIDE,
      partitions: [0, 1],
      process: (each) => {
        asked.push(`${each.value}`);
        if (`${each.value}` === '1:0') {
          state.generation += 1;
          join([0, 1]);
        }
        return copy(each);
      },
    });
    for (const partition of [0, 1]) input(partition).offer(records(1, partition));
    await clock.advance(1_000);
    expect(state.transactions).toEqual([expect.objectContaining({ generationId: 2, partitions: [0, 1], records: 2 })]);
    expect([asked.toSorted(), fenced.length]).toEqual([['0:0', '1:0'], 2]);
  });

  it('keep the records and the memory of a partition that stays, and read those that are new', async () => {
    const { clock, state, input, join, fenced, commit } = setUpProcessing({ ...WIDE, partitions: [0] });
    input(0).offer(records(2, 0));
    await clock.advance(100);
    commit({ topic: 'in', partition: 1 }, 5n, MARK);
    state.generation += 1;
    join([0, 1]);
    input(0).offer([record(0, 0), record(1, 0), record(2, 0)]);
    input(1).offer([record(5, 1)]);
    await clock.advance(100);
    expect(state.output.toSorted()).toEqual(['0:0', '0:1', '0:2', '1:5']);
    expect(fenced.map(({ partition, offset }) => [partition, offset])).toEqual([
      [0, 0n],
      [1, 5n],
    ]);
  });

  it('are not mixed in one transaction: what a newer one refuses is aborted and nothing begins before the group is joined again', async () => {
    const { clock, state, input, join, seen, committed } = setUpProcessing({ ...WIDE, partitions: [0] });
    input().offer([record(0, 0)]);
    await clock.advance(100);
    state.generation += 1;
    input().offer([record(1, 0)]);
    await clock.advance(10_000);
    expect([state.output, seen.refused, committed()]).toEqual([['0:0'], [{ memberId: 'member', generationId: 1 }], 1n]);
    expect(seen.logged).toEqual([expect.objectContaining({ code: 'ERR_LOG_NOT_MEMBER', message: 'The group refused a transaction' })]);
    join([0]);
    await clock.advance(100);
    expect([state.output, committed()]).toEqual([['0:0', '0:1'], 2n]);
  });

  it('rebuild a partition that another member has processed', async () => {
    const { clock, state, input, join, commit, fenced } = setUpProcessing({ ...WIDE, partitions: [0] });
    input().offer(records(2, 0));
    await clock.advance(100);
    state.generation += 2;
    commit({ topic: 'in', partition: 0 }, 4n, MARK);
    join([0]);
    input().offer([2, 3, 4].map((offset) => record(offset, 0)));
    await clock.advance(100);
    expect(state.output).toEqual(['0:0', '0:1', '0:4']);
    expect(fenced.at(-1)).toEqual({ topic: 'in', partition: 0, offset: 4n });
  });

  it('begin again below what is buffered where the offset of the group was reset to a lower one', async () => {
    const sought: bigint[] = [];
    const { clock, state, input, join, commit } = setUpProcessing({ ...WIDE, partitions: [0], seek: (offset) => sought.push(offset) });
    commit({ topic: 'in', partition: 0 }, 4n, MARK);
    input().offer([record(4, 0)]);
    await clock.advance(100);
    state.generation += 1;
    commit({ topic: 'in', partition: 0 }, 2n, MARK);
    join([0]);
    input().offer([record(5, 0)]);
    await clock.advance(100);
    expect([state.output, sought]).toEqual([['0:4'], [2n]]);
    input().offer([2, 3, 4, 5].map((offset) => record(offset, 0)));
    await clock.advance(100);
    expect(state.output).toEqual(['0:4', '0:2', '0:3', '0:4', '0:5']);
  });
});

describe('the transactional id of a process', () => {
  it('is of its instance, and what a former process left in the loop of single partitions is ended first', async () => {
    const { clock, state } = setUpProcessing({ instanceId: 'pod-0' });
    await clock.advance(0);
    expect([state.opened, state.fenced]).toEqual([['group.pod-0'], ['group.pod-0:alone']]);
  });

  it('is another one, with a warning, when another process took it', async () => {
    const { clock, state, input, takeAway, seen, healthy } = setUpProcessing({ ...WIDE, instanceId: 'pod-0' });
    await clock.advance(0);
    takeAway('group.pod-0');
    input().offer(records(2));
    await clock.advance(1_000);
    expect([state.output, healthy()]).toEqual([['v0', 'v1'], true]);
    expect(state.opened.slice(1)).toEqual([expect.stringMatching(/^group\.[0-9a-f-]{36}$/)]);
    expect(seen.logged).toEqual([expect.objectContaining({ code: 'ERR_LOG_FENCED', transactionalId: 'group.pod-0' })]);
  });
});

describe('a group of a version with an id for each partition', () => {
  it('has the former id fenced before the stable read of a partition without our metadata, once in a process', async () => {
    const order: string[] = [];
    const log = createFakeGroupLog();
    const open = async (transactionalId: string) => {
      const producer = await log.open(transactionalId);
      return {
        ...producer,
        offsets: async (...args: Parameters<typeof producer.offsets>) => {
          order.push(`${args[2]} ${args[1].map(({ partition }) => partition)}`);
          return producer.offsets(...args);
        },
        fence: async (id: string) => {
          order.push(`fence ${id}`);
          log.state.unstable.delete('in/0');
          log.state.unstable.delete('in/1');
        },
      };
    };
    log.commit({ topic: 'in', partition: 0 }, 1n);
    log.commit({ topic: 'in', partition: 1 }, 1n, 'U3dDAcOp');
    log.commit({ topic: 'in', partition: 2 }, 1n, MARK);
    log.commit({ topic: 'in', partition: 4 }, 1n, encodeCursor(1n, 'é'));
    log.state.unstable.add('in/0').add('in/1');
    const { clock, input, join } = setUpProcessing({ ...WIDE, partitions: [0, 1, 2, 3, 4], log: { ...log, open } });
    for (const partition of [0, 1, 2, 3, 4]) input(partition).offer(records(2, partition));
    await clock.advance(100);
    expect(order).toEqual(['any 0,1,2,3,4', 'fence group.in.0', 'fence group.in.1', 'fence group.in.3', 'stable 0,1,2,3,4']);
    expect([0, 1, 2, 3, 4].map((partition) => log.state.committed.get(`in/${partition}`))).toEqual(
      Array(5).fill({ offset: 2n, metadata: MARK }),
    );
    join([0, 1, 2, 3, 4]);
    input(0).offer([record(2, 0)]);
    await clock.advance(100);
    expect(order.slice(5)).toEqual(['stable 0']);
  });
});
