import { describe, expect, it } from 'vitest';
import type { ConsumerOptions, Delivered, LogRecord, TopicPartition } from '../log.ts';
import { createFakeGroup } from '../member/testing/fake-group.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { ResponseError } from '../wire/ask-broker.ts';
import { encodeAssignment } from '../wire/consumer-protocol.ts';
import { createConsumer } from './kafka-consumer.ts';
import { createFakeFetchers } from './testing/fake-fetcher.ts';

const IN = { topic: 'in', partition: 0 };

const record = (offset: number): LogRecord => ({ ...IN, offset: BigInt(offset), timestamp: 0, key: null, value: null, headers: [] });

async function setUp(options: Partial<ConsumerOptions> = {}) {
  const group = createFakeGroup({ in: 1 });
  const clock = createManualClock();
  const fetchers = createFakeFetchers();
  const { range } = group.state;
  Object.assign(range, { start: 5, end: 100 });
  const given: Delivered[] = [];
  const lost: (readonly TopicPartition[])[] = [];
  const consumer = await createConsumer(
    group.client,
    {
      groupId: 'g',
      topics: ['in'],
      onRecord: (delivered) => void given.push(delivered),
      onLost: (partitions) => void lost.push(partitions),
      ...options,
    },
    { clock, createFetcher: fetchers.createFetcher },
  );
  await clock.advance(0);
  /** Records of a response that was asked for from `from`, up to `next`; where reading continues. */
  const fetch = (from: number, offsets: readonly number[], next = (offsets.at(-1) ?? from) + 1): bigint =>
    fetchers.options().onFetched({ ...IN, records: offsets.map(record), from: BigInt(from), next: BigInt(next) });
  const commits = (): readonly string[] => group.requests.filter((request) => request.startsWith('OffsetCommit'));
  return {
    group,
    clock,
    consumer,
    ...fetchers,
    range,
    given,
    lost,
    fetch,
    commits,
    offsets: () => given.map((each) => each.record.offset),
  };
}

describe('a consumer of a group', () => {
  it('hands records over and passes what holds none', async () => {
    const { fetch, offsets, consumer } = await setUp();
    expect([consumer.healthy(), consumer.mayBegin(), consumer.assigned()]).toEqual([true, true, [IN]]);
    expect(fetch(5, [5, 6, 9], 12)).toBe(12n);
    expect(fetch(12, [], 14)).toBe(14n);
    expect(fetch(14, [14])).toBe(15n);
    expect(offsets()).toEqual([5n, 6n, 9n, 14n]);
  });

  it('reads on at the first record that has to wait', async () => {
    const { fetch, offsets, given, calls } = await setUp({ maxOpenPerPartition: 2 });
    expect(fetch(5, [5, 6, 8, 9])).toBe(7n);
    expect(calls.at(-1)).toBe('pause 0');
    given[0]?.done();
    expect(calls.at(-1)).toBe('resume 0');
    expect(fetch(7, [8, 9])).toBe(9n);
    expect(offsets()).toEqual([5n, 6n, 8n]);
  });

  it('commits as the member of its generation', async () => {
    const { group, clock, fetch, given, commits } = await setUp();
    fetch(5, [5]);
    given[0]?.done();
    await clock.advance(250);
    expect(commits()).toEqual(['OffsetCommit 1 member-1 null']);
    group.plan('Heartbeat', 27);
    group.state.generation = 2;
    await clock.advance(1_000);
    fetch(6, [6]);
    given[1]?.done();
    await clock.advance(250);
    expect(commits().at(-1)).toBe('OffsetCommit 2 member-1 null');
  });

  it('begins no work while the group rebalances, and commits what is done in it', async () => {
    const { group, clock, consumer, fetch, given, commits } = await setUp();
    fetch(5, [5]);
    group.plan('Heartbeat', 27);
    group.plan('JoinGroup', { after: new Promise(() => undefined) });
    await clock.advance(1_000);
    expect(consumer.mayBegin()).toBe(false);
    given[0]?.done();
    await clock.advance(250);
    expect(commits()).toHaveLength(1);
  });

  it('takes nothing of a partition that it does not own', async () => {
    const { group, clock, fetch, given, lost } = await setUp();
    fetch(5, [5]);
    group.plan('Heartbeat', 27);
    group.state.assignment = encodeAssignment({});
    await clock.advance(1_000);
    expect(lost).toEqual([[IN]]);
    expect(fetch(6, [6])).toBe(6n);
    expect(given).toHaveLength(1);
  });

  it('continues at the log start offset when retention has passed it', async () => {
    const { clock, options, calls, range, fetch, offsets, given, commits } = await setUp();
    fetch(5, [5]);
    given[0]?.done();
    range.start = 20;
    options().onOutOfRange({ ...IN, offset: 6n });
    await clock.advance(0);
    expect(calls.at(-1)).toBe('seek 0@20');
    fetch(20, [21]);
    await clock.advance(250);
    expect([offsets(), commits().length]).toEqual([[5n, 21n], 1]);
  });

  it('begins again at the log start offset when another log is under the name of the topic', async () => {
    const { clock, options, calls, range, lost, fetch, offsets } = await setUp();
    fetch(5, [5]);
    Object.assign(range, { start: 0, end: 2 });
    options().onOutOfRange({ ...IN, offset: 6n });
    await clock.advance(29_000);
    expect(lost).toEqual([]);
    await clock.advance(2_000);
    expect([lost, calls.slice(-2)]).toEqual([[[IN]], ['seek 0@0', 'resume 0']]);
    fetch(0, [0]);
    expect(offsets()).toEqual([5n, 0n]);
  });

  it('is rejected when it makes no progress although there are records', async () => {
    const { clock, consumer, fetch, group } = await setUp();
    fetch(5, [5]);
    consumer.done.catch(() => undefined);
    await clock.advance(80_000);
    await expect(consumer.done).rejects.toMatchObject({ code: 'ERR_LOG_STUCK' });
    expect(consumer.healthy()).toBe(false);
    expect(group.requests.at(-1)).toMatch(/^LeaveGroup/);
  });

  it('stops reading, waits for what is open, commits and leaves', async () => {
    const { group, clock, consumer, fetch, given, calls, commits } = await setUp();
    fetch(5, [5]);
    const stopping = consumer.stop();
    expect(calls.at(-1)).toBe('assign');
    expect(fetch(6, [6])).toBe(6n);
    await clock.advance(1_000);
    expect(commits()).toEqual([]);
    given[0]?.done();
    await clock.advance(1_000);
    await stopping;
    expect(given).toHaveLength(1);
    expect(group.requests.slice(-2)).toEqual(['OffsetCommit 1 member-1 null', 'LeaveGroup member-1']);
    expect(calls.at(-1)).toBe('stop');
  });

  it('reads nothing after a rebalance while it stops', async () => {
    const { group, clock, consumer, fetch, calls } = await setUp();
    fetch(5, [5]);
    void consumer.stop();
    group.plan('Heartbeat', 27);
    await clock.advance(2_000);
    expect(calls.filter((call) => call.startsWith('assign'))).toEqual(['assign', 'assign 0@5', 'assign', 'assign', 'assign']);
  });

  it('waits for what is open and commits it also when it stops before the positions of a rebalance are known', async () => {
    const { group, clock, consumer, fetch, given, commits } = await setUp();
    fetch(5, [5, 6]);
    group.plan('Heartbeat', 27);
    group.plan('OffsetFetch', ...Array.from({ length: 20 }, () => 14));
    group.state.generation = 2;
    await clock.advance(1_000);
    const stopping = consumer.stop();
    await clock.advance(1_000);
    given[0]?.done();
    expect(commits()).toEqual([]);
    given[1]?.done();
    await clock.advance(1_000);
    await stopping;
    expect(commits().at(-1)).toBe('OffsetCommit 2 member-1 null');
  });

  it('is unhealthy when the group has not had it for 75 s', async () => {
    const { group, clock, consumer, range } = await setUp();
    range.end = 5;
    group.plan('Heartbeat', 25);
    group.plan('JoinGroup', ...Array.from({ length: 200 }, () => 23));
    await clock.advance(74_000);
    expect(consumer.healthy()).toBe(true);
    await clock.advance(2_000);
    expect(consumer.healthy()).toBe(false);
  });

  it('stays in the group with an instance id', async () => {
    const { group, consumer } = await setUp({ instanceId: 'pod-0' });
    await consumer.stop();
    expect(group.requests.some((request) => request.startsWith('LeaveGroup'))).toBe(false);
  });

  it('ends with the error of its handler', async () => {
    const cause = new Error('cannot enqueue');
    const { fetch, consumer, clock } = await setUp({
      onRecord: () => {
        throw cause;
      },
    });
    fetch(5, [5]);
    await clock.advance(0);
    await expect(consumer.done).rejects.toMatchObject({ code: 'ERR_LOG_HANDLER_FAILED', cause });
  });

  it('ends when the group will never take it', async () => {
    const { group, clock, consumer } = await setUp();
    group.plan('Heartbeat', 26);
    await clock.advance(1_000);
    await expect(consumer.done).rejects.toMatchObject({ code: 'ERR_LOG_GROUP_REFUSED' });
  });

  it('ends after 30 s of a failure of fetching that does not pass', async () => {
    const { options, consumer, clock } = await setUp();
    const denied = new ResponseError('Fetch', 29);
    options().onFailing(denied, 29_000);
    await clock.advance(0);
    expect(consumer.healthy()).toBe(true);
    options().onFailing(denied, 30_000);
    await expect(consumer.done).rejects.toBe(denied);
  });
});
