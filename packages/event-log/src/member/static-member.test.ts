import { describe, expect, it } from 'vitest';
import { encodeAssignment } from '../wire/consumer-protocol.ts';
import { heartbeat, joined, SESSION_MS, setUp } from './testing/member-rig.ts';

const REFUSED = 'JoinGroup member-1 pod-0 owned 2,-1 on connection 1';

describe('a static member', () => {
  it('has its name in each request', async () => {
    const { clock, member, requests } = setUp({ instanceId: 'pod-0' });
    await clock.advance(1_000);
    expect(requests()).toEqual([
      'JoinGroup  pod-0 owned  on connection 1',
      'SyncGroup 1 member-1 pod-0 on connection 1',
      heartbeat(1, 'member-1', 'pod-0'),
    ]);
    await member.commit({ memberId: 'member-1', generationId: 1, instanceId: 'pod-0' }, []);
    expect(requests()).toEqual(['OffsetCommit 1 member-1 pod-0']);
  });

  it('does not leave the group when it stops', async () => {
    const { member, requests, connection } = await joined({ instanceId: 'pod-0' });
    await member.stop();
    expect([requests(), connection.disconnected]).toEqual([[], true]);
  });

  it('continues as a dynamic member when another process takes its name', async () => {
    const { clock, member, assigned, requests, plan, warnings } = await joined({ instanceId: 'pod-0' });
    plan('Heartbeat', 82);
    await clock.advance(1_000);
    expect(requests().slice(1)).toEqual([
      'JoinGroup  null owned 0,1,2,3 on connection 1',
      'JoinGroup member-2 null owned 0,1,2,3 on connection 1',
      'SyncGroup 1 member-2 null on connection 1',
    ]);
    expect(assigned.at(-1)?.member).toMatchObject({ memberId: 'member-2', instanceId: undefined });
    expect(warnings).toMatchObject([{ code: 'ERR_LOG_FENCED' }]);
    await member.stop();
    expect(requests()).toEqual(['LeaveGroup member-2']);
  });

  it('may own its partitions for a third of the session and 2 s without a heartbeat, for its name may be taken', async () => {
    const { clock, member, plan } = await joined({ instanceId: 'pod-0' });
    plan('Heartbeat', { after: new Promise(() => undefined) });
    await clock.advance(SESSION_MS / 3 + 1_999);
    expect(member.mayOwn()).toBe(true);
    await clock.advance(1);
    expect(member.mayOwn()).toBe(false);
  });

  it.each<[string, Record<string, number>, Buffer, string[]]>([
    ['a topic has more partitions', { in: 6 }, encodeAssignment({ in: [2] }, new Map([['in', 4]])), [REFUSED]],
    [
      'a topic is new',
      { in: 4 },
      encodeAssignment({ old: [2] }, new Map([['old', 4]])),
      ['JoinGroup member-1 pod-0 owned -1 on connection 1'],
    ],
    ['it is not known what a former version shared out', { in: 4 }, encodeAssignment({ in: [2] }), [REFUSED]],
    ['all is shared out', { in: 4 }, encodeAssignment({ in: [2] }, new Map([['in', 4]])), []],
  ])(
    'asks for another assignment, once, when it is given that of its former process and %s',
    async (_when, partitions, assignment, again) => {
      const { clock, requests } = setUp({
        instanceId: 'pod-0',
        begin: ({ state }) => void Object.assign(state, { partitions, assignment }),
      });
      await clock.advance(10_000);
      expect(requests().filter((request) => request.startsWith('JoinGroup'))).toEqual([
        'JoinGroup  pod-0 owned  on connection 1',
        ...again,
      ]);
    },
  );
});
