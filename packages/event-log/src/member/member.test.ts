import { describe, expect, it } from 'vitest';
import { encodeAssignment } from '../wire/consumer-protocol.ts';
import type { GroupMember } from '../wire/group-member.ts';
import { heartbeat, joined, SESSION_MS, setUp } from './testing/member-rig.ts';

describe('a member', () => {
  it('joins with the id that the group gives it, and shares the partitions out when it leads', async () => {
    const { clock, member, assigned, requests } = setUp();
    expect([member.alive(), member.mayOwn()]).toEqual([false, false]);
    await clock.advance(0);
    expect(requests()).toEqual([
      'JoinGroup  null owned  on connection 1',
      'JoinGroup member-1 null owned  on connection 1',
      'SyncGroup 1 member-1 null on connection 1',
    ]);
    expect(assigned).toEqual([
      {
        partitions: [0, 1, 2, 3].map((partition) => ({ topic: 'in', partition })),
        member: { memberId: 'member-1', generationId: 1, instanceId: undefined },
        missed: true,
      },
    ]);
    expect([member.alive(), member.mayOwn()]).toEqual([true, true]);
  });

  it('takes the assignment of another leader, without topics that it does not read', async () => {
    const { assigned } = await joined({
      begin: ({ state }) => {
        state.assignment = encodeAssignment({ in: [2], other: [1] });
      },
    });
    expect(assigned[0]?.partitions).toEqual([{ topic: 'in', partition: 2 }]);
  });

  it('sends a heartbeat each second', async () => {
    const { clock, requests } = await joined();
    await clock.advance(3_000);
    expect(requests()).toEqual([heartbeat(), heartbeat(), heartbeat()]);
  });

  it('joins a rebalance at once under the same id, and owns nothing while it does', async () => {
    const { clock, member, assigned, requests, plan, state } = await joined();
    const { promise: others, resolve: othersJoined } = Promise.withResolvers<void>();
    plan('Heartbeat', 27);
    plan('JoinGroup', { after: others });
    state.generation = 2;
    await clock.advance(1_000);
    expect(requests()).toEqual([heartbeat(), 'JoinGroup member-1 null owned 0,1,2,3 on connection 1']);
    expect(member.mayOwn()).toBe(false);
    othersJoined();
    await clock.advance(0);
    expect(member.mayOwn()).toBe(true);
    expect(assigned.map(({ member: { memberId, generationId } }) => [memberId, generationId])).toEqual([
      ['member-1', 1],
      ['member-1', 2],
    ]);
    await clock.advance(1_000);
    expect(requests().at(-1)).toBe(heartbeat(2));
  });

  it('commits and asks for offsets while it waits for others to join', async () => {
    const { clock, member, plan, assigned, state } = await joined();
    plan('Heartbeat', 27);
    plan('JoinGroup', { after: new Promise(() => undefined) });
    state.committed = { in: 5n };
    await clock.advance(1_000);
    const [first] = assigned;
    await member.commit(first?.member as GroupMember, [{ topic: 'in', partition: 0, offset: 5n, metadata: '' }]);
    expect(await member.committed([{ topic: 'in', partition: 0 }])).toMatchObject([{ offset: 5n }]);
  });

  it.each([22, 27])('joins again under its id when a sync is refused with error %i', async (code) => {
    const { clock, assigned, requests, plan } = setUp();
    plan('SyncGroup', code);
    await clock.advance(0);
    expect(assigned).toHaveLength(1);
    expect(requests().filter((request) => request.startsWith('JoinGroup member-1'))).toHaveLength(2);
  });

  it('joins as another member when the group no longer has it', async () => {
    const { clock, assigned, requests, plan, warnings } = await joined();
    plan('Heartbeat', 25);
    await clock.advance(1_000);
    expect(requests().slice(1, 3)).toEqual([
      'JoinGroup  null owned 0,1,2,3 on connection 1',
      'JoinGroup member-2 null owned 0,1,2,3 on connection 1',
    ]);
    expect(assigned.at(-1)?.member.memberId).toBe('member-2');
    expect(warnings.map(({ message }) => message)).toEqual(['The group no longer has the member, joining as another one']);
  });

  it('waits where members offer another protocol, and warns once', async () => {
    const { clock, assigned, requests, plan, warnings } = setUp();
    plan('JoinGroup', 0, 23, 23, 23, 23);
    await clock.advance(700);
    expect(requests()).toHaveLength(5);
    expect(assigned).toEqual([]);
    await clock.advance(1_000);
    expect(assigned).toHaveLength(1);
    expect(warnings).toHaveLength(1);
  });

  it('pauses when the group asks for the id again that it has given', async () => {
    const { clock, requests, plan } = setUp();
    plan('JoinGroup', 79, 79, 79, 79, 79, 79, 79);
    await clock.advance(400);
    expect(requests()).toHaveLength(5);
  });

  it.each([
    ['JoinGroup', 26, 'group.min.session.timeout.ms'],
    ['JoinGroup', 35, 'Kafka 2.5 or newer'],
  ] as const)('ends when %s is refused with error %i', async (api, code, advice) => {
    const { clock, member, fatal, requests, plan, connection } = setUp();
    plan(api, code);
    await clock.advance(60_000);
    expect(fatal).toMatchObject([{ code: 'ERR_LOG_GROUP_REFUSED', message: expect.stringContaining(advice) }]);
    expect(requests().length).toBeLessThanOrEqual(1);
    expect([member.alive(), connection.disconnected]).toEqual([false, true]);
  });

  it.each(['FindCoordinator', 'JoinGroup'] as const)(
    'ends when %s is not authorized for 30 s, for what is allowed reaches the brokers one by one',
    async (api) => {
      const { clock, member, fatal, plan, assigned } = setUp();
      plan(api, 30, 30);
      await clock.advance(10_000);
      expect([assigned.length, fatal]).toEqual([1, []]);
      await member.stop();
      const other = setUp();
      other.plan(api, ...Array.from({ length: 100 }, () => 30));
      await other.clock.advance(60_000);
      expect(other.fatal).toMatchObject([{ code: 'ERR_LOG_GROUP_REFUSED', message: expect.stringContaining('allow READ and DESCRIBE') }]);
      expect([other.member.alive(), other.connection.disconnected]).toEqual([false, true]);
    },
  );

  it('stays in its generation when a heartbeat is not authorized for a moment', async () => {
    const { clock, member, requests, plan } = await joined();
    plan('Heartbeat', 30, 30);
    await clock.advance(3_000);
    expect(requests().filter((request) => !request.startsWith('Heartbeat'))).toEqual([]);
    expect(member.mayOwn()).toBe(true);
  });

  it('says that it missed a generation when others may have had its partitions, not when a rebalance follows another', async () => {
    const { clock, assigned, plan, state } = await joined();
    expect(assigned.at(-1)?.missed).toBe(true);
    // Another member joins before the partitions are shared out.
    plan('Heartbeat', 27);
    plan('SyncGroup', 27);
    await clock.advance(5_000);
    expect(assigned.slice(1).map(({ missed }) => missed)).toEqual([false]);
    plan('Heartbeat', 25);
    await clock.advance(5_000);
    expect(assigned.at(-1)?.missed).toBe(true);
    plan('Heartbeat', 22);
    state.generation += 2;
    await clock.advance(5_000);
    expect(assigned.at(-1)?.missed).toBe(true);
  });

  it.each([22, 25])('joins again at once when a commit is refused with error %i', async (code) => {
    const { clock, member, requests, plan, assigned } = await joined();
    plan('OffsetCommit', code);
    await expect(member.commit(assigned[0]?.member as GroupMember, [])).rejects.toMatchObject({ code });
    await clock.advance(0);
    expect(requests()[1]).toMatch(/^JoinGroup member-1/);
  });

  it('joins again when its offsets were refused in this generation, not when in another', async () => {
    const { clock, member, assigned, requests } = await joined();
    member.rejoin({ generationId: 0 });
    await clock.advance(10);
    expect(requests()).toEqual([]);
    member.rejoin({ generationId: 1 });
    await clock.advance(0);
    expect(requests()[0]).toMatch(/^JoinGroup member-1/);
    expect(assigned).toHaveLength(2);
  });

  it('joins again when topics have more partitions than it shared out', async () => {
    const { clock, assigned, state } = await joined();
    state.partitions = { in: 6 };
    await clock.advance(299_000);
    expect(assigned).toHaveLength(1);
    await clock.advance(2_000);
    expect(assigned.at(-1)?.partitions).toHaveLength(6);
  });

  it('asks another leader to share out what it did not, each time with other metadata, at once and then every 5 min', async () => {
    const { clock, requests, state } = setUp({
      begin: (group) => {
        group.state.assignment = encodeAssignment({ in: [2] }, new Map([['in', 4]]));
      },
    });
    const joins = () => requests().filter((request) => request.startsWith('JoinGroup member-1'));
    state.partitions = { in: 6 };
    await clock.advance(299_000);
    expect(joins()).toEqual(['JoinGroup member-1 null owned  on connection 1', 'JoinGroup member-1 null owned 2,-1 on connection 1']);
    state.generation = 8;
    await clock.advance(300_000);
    expect(joins()).toEqual(['JoinGroup member-1 null owned 2,-1 on connection 1']);
    await clock.advance(300_000);
    expect(joins()).toEqual(['JoinGroup member-1 null owned 2,-8 on connection 1']);
  });

  it('stays in the group when the look for more partitions fails', async () => {
    const { clock, assigned, cluster, requests } = await joined();
    const { findTopicPartitionMetadata } = cluster;
    Object.assign(cluster, {
      findTopicPartitionMetadata() {
        throw new Error('no metadata');
      },
    });
    await clock.advance(301_000);
    Object.assign(cluster, { findTopicPartitionMetadata });
    requests();
    await clock.advance(1_000);
    expect([assigned.length, requests()]).toEqual([1, [heartbeat()]]);
  });
});

describe('a member that the group refuses', () => {
  it('is not alive after the session and two rebalance timeouts', async () => {
    const { clock, member, plan } = await joined();
    plan('Heartbeat', 27);
    plan('JoinGroup', ...Array.from({ length: 100 }, () => 23));
    await clock.advance(1_000 + SESSION_MS + 2 * 20_000 - 2_000);
    expect(member.alive()).toBe(true);
    await clock.advance(2_000);
    expect(member.alive()).toBe(false);
  });

  it('warns once of each error while it is refused', async () => {
    const { clock, plan, warnings } = await joined();
    plan('Heartbeat', 25);
    plan('JoinGroup', ...Array.from({ length: 9 }, (_, index) => (index % 2 === 0 ? 25 : 23)));
    await clock.advance(6_000);
    expect(warnings.map(({ message }) => message)).toEqual([
      'The group no longer has the member, joining as another one',
      'Group request failed, trying again',
    ]);
  });
});

describe('a member whose coordinator is away', () => {
  it('begins when it is reached', async () => {
    const { clock, assigned, warnings } = setUp({
      begin: ({ connection }) => {
        connection.unreachable = 5;
      },
    });
    await clock.advance(1_000);
    expect(assigned).toEqual([]);
    await clock.advance(3_000);
    expect(assigned).toHaveLength(1);
    expect(warnings).toHaveLength(1);
  });

  it.each<[string, 14 | 15 | 16 | 'lost']>([
    ['is loading', 14],
    ['is not available', 15],
    ['moved', 16],
    ['closed the connection', 'lost'],
  ])('repeats a heartbeat after 50 ms when it %s, and does not join again', async (_what, fault) => {
    const { clock, assigned, requests, plan } = await joined();
    plan('Heartbeat', fault);
    await clock.advance(1_040);
    expect(requests()).toEqual([heartbeat()]);
    await clock.advance(20);
    expect(requests()).toEqual([heartbeat()]);
    expect(assigned).toHaveLength(1);
  });

  it('may own its partitions for a session from when the last heartbeat was sent that got a response', async () => {
    const { clock, member, plan } = await joined();
    const { promise: slow, resolve: respond } = Promise.withResolvers<void>();
    plan('Heartbeat', { after: slow }, { after: new Promise(() => undefined) });
    await clock.advance(1_000 + 2_500);
    respond();
    // Sent at 1,000, a response at 3,500; the next gets none.
    await clock.advance(1_000 + SESSION_MS - 3_500 - 1);
    expect(member.mayOwn()).toBe(true);
    await clock.advance(1);
    expect(member.mayOwn()).toBe(false);
    expect(member.alive()).toBe(true);
    await clock.advance(2 * 20_000);
    expect(member.alive()).toBe(false);
  });

  it('stays the same member while the metadata of a topic has an error', async () => {
    const { clock, assigned, requests, plan, trouble } = await joined();
    plan('Heartbeat', 'lost');
    trouble.topics.add('in');
    await clock.advance(1_500);
    expect(requests()).toEqual([heartbeat(), heartbeat()]);
    expect(assigned).toHaveLength(1);
  });

  it('joins although the metadata of a topic has an error from the beginning', async () => {
    const { assigned } = await joined({ begin: ({ trouble }) => void trouble.topics.add('in') });
    expect(assigned).toHaveLength(1);
  });

  it('asks again for its coordinator over the same connections when there is none', async () => {
    const { clock, plan, assigned, connection } = setUp();
    plan('FindCoordinator', 15, 15, 14);
    await clock.advance(1_000);
    expect([assigned.length, connection.connects]).toEqual([1, 1]);
  });

  it('has a new connection after each failure without a response, and continues as the same member', async () => {
    const { clock, assigned, requests, plan, connection } = await joined();
    plan('Heartbeat', 'lost', 'lost', 'lost');
    await clock.advance(1_600);
    expect(connection.connects).toBe(4);
    expect(requests().every((request) => request === heartbeat())).toBe(true);
    expect(assigned).toHaveLength(1);
  });
});

describe('a member that stops', () => {
  it('leaves the group', async () => {
    const { member, requests, connection } = await joined();
    await member.stop();
    expect(requests()).toEqual(['LeaveGroup member-1']);
    expect(connection.disconnected).toBe(true);
  });

  it('leaves the group while it waits for others to join', async () => {
    const { clock, member, requests, plan } = await joined();
    plan('Heartbeat', 27);
    plan('JoinGroup', { after: new Promise(() => undefined) });
    await clock.advance(1_000);
    const stopping = member.stop();
    await clock.advance(5_000);
    await stopping;
    expect(requests().at(-1)).toBe('LeaveGroup member-1');
  });

  it('stops within 5 s when no broker responds', async () => {
    const { clock, member, plan, cluster } = await joined();
    plan('LeaveGroup', { after: new Promise(() => undefined) });
    Object.assign(cluster, { disconnect: () => new Promise(() => undefined) });
    let stopped = false;
    void member.stop().then(() => {
      stopped = true;
    });
    await clock.advance(5_000);
    expect(stopped).toBe(true);
  });

  it('sends nothing afterwards', async () => {
    const { clock, member, requests } = await joined();
    await member.stop();
    requests();
    await clock.advance(60_000);
    expect(requests()).toEqual([]);
  });

  it('opens no connection when it was stopped while it connected', async () => {
    const { clock, member, requests, connection } = setUp({
      begin: (group) => {
        group.connection.unreachable = 1;
      },
    });
    await member.stop();
    await clock.advance(60_000);
    expect([requests(), connection.connects]).toEqual([[], 0]);
  });
});

describe('a member that connects while it stops', () => {
  it('disconnects, however late that is', async () => {
    const { promise: slow, resolve: connect } = Promise.withResolvers<void>();
    const { clock, member, connection } = setUp({
      begin({ cluster, connection: state }) {
        Object.assign(cluster, {
          async connect() {
            await slow;
            state.disconnected = false;
          },
        });
      },
    });
    await clock.advance(0);
    const stopping = member.stop();
    await clock.advance(5_000);
    await stopping;
    connect();
    await clock.advance(0);
    expect(connection.disconnected).toBe(true);
  });
});
