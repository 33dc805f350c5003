import { describe, expect, it } from 'vitest';
import { createFakeFetchers } from '../group/testing/fake-fetcher.ts';
import type { TopicPartition } from '../log.ts';
import { createFakeGroup } from '../member/testing/fake-group.ts';
import type { OffsetRange } from '../reader/offset-range.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { encodeAssignment } from '../wire/consumer-protocol.ts';
import { type ReadPartition, startGroupConsumer } from './group-consumer.ts';

const at = (partition: number): TopicPartition => ({ topic: 'in', partition });

/** A partition that only remembers where it is. */
class FakePartition implements ReadPartition {
  readonly topic = 'in';
  readonly partition: number;
  readonly ranges: OffsetRange[] = [];
  offset: bigint | undefined;
  isPaused = false;
  isBusy = false;

  constructor(partition: number) {
    this.partition = partition;
  }

  readTo(): bigint | undefined {
    return this.offset;
  }

  paused(): boolean {
    return this.isPaused;
  }

  busy(): boolean {
    return this.isBusy;
  }

  begin(offset: bigint): void {
    this.offset = offset;
  }

  outOfRange(range: OffsetRange): void {
    this.ranges.push(range);
    this.offset = range.start;
  }
}

async function setUp(assigned: readonly number[]) {
  const group = createFakeGroup();
  const { range } = group.state;
  Object.assign(range, { start: 7, end: 9 });
  const clock = createManualClock();
  const fetchers = createFakeFetchers();
  const known = new Map([0, 1, 2, 3].map((number) => [number, new FakePartition(number)]));
  const state = (number: number): FakePartition => known.get(number) as FakePartition;
  let owned: readonly FakePartition[] = [];
  const assign = (numbers: readonly number[]): void => {
    group.state.assignment = encodeAssignment({ in: numbers });
  };
  assign(assigned);
  const consumer = await startGroupConsumer({
    client: group.client,
    groupId: 'g',
    topics: ['in'],
    instanceId: undefined,
    onAssigned(partitions) {
      owned = partitions.map(({ partition }) => state(partition));
    },
    partitions: () => owned,
    onFetched: ({ next }) => next,
    onFatal: (error) => {
      throw error;
    },
    clock,
    createFetcher: fetchers.createFetcher,
  });
  const rebalance = async (numbers: readonly number[]): Promise<void> => {
    assign(numbers);
    group.plan('Heartbeat', 27);
    await clock.advance(1_000);
  };
  return { group, clock, consumer, ...fetchers, range, state, rebalance };
}

describe('the reading of a group', () => {
  it('begins at the committed offsets, else at the log start offset', async () => {
    const { group, clock, calls } = await setUp([0, 1]);
    group.state.committed = { in: 8n };
    await clock.advance(0);
    expect(calls).toEqual(['assign', 'assign 0@8 1@7']);
  });

  it('begins at the log start offset where a former version replaced the offset by -2', async () => {
    const { group, clock, calls } = await setUp([0]);
    group.state.committed = { in: -2n };
    await clock.advance(0);
    expect(calls.at(-1)).toBe('assign 0@7');
  });

  it('continues at once with what a rebalance left, and begins with the rest', async () => {
    const { clock, calls, state, rebalance } = await setUp([1]);
    await clock.advance(0);
    state(1).offset = 50n;
    state(1).isPaused = true;
    await rebalance([1, 2]);
    expect(calls.slice(2)).toEqual(['assign 1@50', 'pause 1', 'assign 1@50 2@7', 'pause 1']);
  });

  it('asks for nothing where a rebalance changed nothing', async () => {
    const { group, clock, rebalance } = await setUp([1]);
    await clock.advance(0);
    await rebalance([1]);
    expect(group.requests.filter((request) => request.startsWith('OffsetFetch'))).toHaveLength(1);
  });

  it('asks again where the group is until the coordinator responds', async () => {
    const { group, clock, calls } = await setUp([1]);
    group.plan('OffsetFetch', 'lost', 14);
    await clock.advance(100);
    expect(calls).toEqual(['assign']);
    await clock.advance(100);
    expect(calls).toEqual(['assign', 'assign 1@7']);
  });

  it('begins with what is committed while the leader of another partition does not respond, and asks for that alone', async () => {
    const { group, clock, calls, consumer } = await setUp([0, 1, 2]);
    group.state.committed = { in: 8n };
    group.trouble.partitions.add(1);
    await clock.advance(0);
    expect(calls).toEqual(['assign', 'assign 0@8 2@7']);
    await clock.advance(59_000);
    expect(consumer.healthy()).toBe(true);
    await clock.advance(2_000);
    expect([consumer.healthy(), calls.length]).toEqual([false, 2]);
    expect(group.requests.filter((request) => request.startsWith('OffsetFetch')).slice(0, 2)).toEqual([
      'OffsetFetch in 0,1,2',
      'OffsetFetch in 1',
    ]);
    group.trouble.partitions.clear();
    await clock.advance(1_000);
    expect([consumer.healthy(), calls.slice(2)]).toEqual([true, ['assign 0@8 1@7 2@7']]);
  });

  it('begins with what is committed while no leader of the other partitions responds', async () => {
    const { group, clock, calls } = await setUp([0, 1]);
    group.state.committed = { in: 8n };
    group.trouble.partitions.add(1);
    await clock.advance(0);
    expect(calls).toEqual(['assign', 'assign 0@8']);
  });

  it('is unhealthy when the group does not respond for 60 s, whatever it rebalances', async () => {
    const { group, clock, consumer, rebalance } = await setUp([1]);
    group.plan('OffsetFetch', ...Array.from({ length: 200 }, () => 14));
    await clock.advance(30_000);
    await rebalance([1]);
    await clock.advance(30_000);
    expect(consumer.healthy()).toBe(false);
  });

  it('asks for nothing once it has stopped', async () => {
    const { group, clock, consumer } = await setUp([1]);
    let refreshes = 0;
    group.plan('OffsetFetch', 14);
    await clock.advance(10);
    Object.assign(group.cluster, {
      async refreshMetadata() {
        refreshes += 1;
      },
    });
    await consumer.stop();
    await clock.advance(10_000);
    expect(refreshes).toBe(0);
  });

  it('ignores positions of an earlier assignment', async () => {
    const { group, clock, calls, rebalance } = await setUp([1]);
    const { promise, resolve } = Promise.withResolvers<void>();
    group.plan('OffsetFetch', { after: promise });
    await clock.advance(0);
    await rebalance([2]);
    resolve();
    await clock.advance(0);
    expect(calls).toEqual(['assign', 'assign', 'assign 2@7']);
  });

  it('continues at the log start offset when retention has passed it', async () => {
    const { clock, calls, options, state } = await setUp([1]);
    await clock.advance(0);
    options().onOutOfRange({ ...at(1), offset: 3n });
    await clock.advance(0);
    expect([state(1).ranges, calls.at(-1)]).toEqual([[{ start: 7n, end: 9n }], 'seek 1@7']);
  });

  it('waits 30 s for a log that ends below what was read', async () => {
    const { clock, calls, options, range } = await setUp([1]);
    await clock.advance(0);
    options().onOutOfRange({ ...at(1), offset: 12n });
    await clock.advance(29_000);
    expect(calls.at(-1)).toBe('assign 1@7');
    range.end = 12;
    await clock.advance(1_000);
    expect(calls.at(-1)).toMatch(/^seek 1@/);
  });

  it('is restarted with another fetcher when it does not move for 60 s although there are records', async () => {
    const { clock, calls, state } = await setUp([1]);
    await clock.advance(0);
    await clock.advance(74_000);
    expect(calls.slice(2)).toEqual([]);
    await clock.advance(2_000);
    expect(calls.slice(2)).toEqual(['stop', 'assign 1@7']);
    state(1).offset = 9n;
    await clock.advance(200_000);
    expect(calls).toHaveLength(4);
  });

  it('ends when it is stopped', async () => {
    const { group, clock, consumer, calls } = await setUp([1]);
    await clock.advance(0);
    await consumer.stop();
    expect([calls.at(-1), group.requests.at(-1)]).toEqual(['stop', 'LeaveGroup member-1']);
  });
});
