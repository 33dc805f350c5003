import { describe, expect, it } from 'vitest';
import type { WireRequest } from './ask-broker.ts';
import { findCoordinator } from './find-coordinator.ts';
import { FlexibleReader } from './flexible.ts';
import { heartbeat, joinGroup, leaveGroup, syncGroup } from './group-membership.ts';
import { offsetCommit } from './offset-commit.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const written = ({ apiKey, apiVersion, encode }: WireRequest<unknown>) => [apiKey, apiVersion, encode().buffer.toString('hex')];
const bytes = (text: string): string => hex(text).toString('hex');
const read = <Response>({ decode }: WireRequest<Response>, body: string): Response => decode(new FlexibleReader(hex(`00 ${body}`)));

const member = { memberId: 'm', generationId: 7, instanceId: undefined };
const staticMember = { ...member, instanceId: 'i' };

describe('JoinGroup, version 6', () => {
  const request = {
    groupId: 'g',
    sessionTimeoutMs: 9_000,
    rebalanceTimeoutMs: 20_000,
    memberId: '',
    instanceId: undefined,
    protocol: 'p',
    metadata: Buffer.from([1, 2]),
  };

  it.each([
    [undefined, '00'],
    ['i', '02 69'],
  ])('is written field by field as the grammar says, instance id %s', (instanceId, name) => {
    expect(written(joinGroup({ ...request, instanceId }))).toEqual([
      11,
      6,
      bytes(`00 02 67 00002328 00004e20 01 ${name} 09 636f6e73756d6572 02 02 70 03 0102 00 00`),
    ]);
  });

  it('waits longer than the group does for its members', () => {
    expect(joinGroup(request).waitsMs).toBe(25_000);
  });

  it('is read with the members, if this one leads', () => {
    expect(read(joinGroup(request), '00000000 0000 00000007 02 70 02 6d 02 6d 02 02 6d 00 03 0102 00 00')).toEqual({
      memberId: 'm',
      generationId: 7,
      leaderId: 'm',
      members: [{ memberId: 'm', instanceId: null, metadata: Buffer.from([1, 2]) }],
    });
  });

  it('is read with the member id to join with, and fails with any other error', () => {
    const response = (code: string) => `00000000 ${code} ffffffff 01 01 02 6d 01 00`;
    expect(read(joinGroup(request), response('004f'))).toEqual({ memberId: 'm' });
    expect(() => read(joinGroup(request), response('0052'))).toThrow('JoinGroup: error 82');
  });
});

describe('SyncGroup, version 4', () => {
  const request = { groupId: 'g', member: staticMember, assignments: new Map([['m', Buffer.from([5])]]), waitsMs: 20_000 };

  it('is written field by field as the grammar says', () => {
    expect(written(syncGroup(request))).toEqual([14, 4, bytes('00 02 67 00000007 02 6d 02 69 02 02 6d 02 05 00 00')]);
  });

  it('is read with the assignment, or fails with the error', () => {
    expect(read(syncGroup(request), '00000000 0000 02 05 00')).toEqual(Buffer.from([5]));
    expect(() => read(syncGroup(request), '00000000 001b 01 00')).toThrow('SyncGroup: error 27');
  });
});

describe('Heartbeat, version 4', () => {
  it('is written field by field as the grammar says', () => {
    expect(written(heartbeat('g', staticMember))).toEqual([12, 4, bytes('00 02 67 00000007 02 6d 02 69 00')]);
    expect(written(heartbeat('g', member))).toEqual([12, 4, bytes('00 02 67 00000007 02 6d 00 00')]);
  });

  it('resolves in the current generation only', () => {
    expect(read(heartbeat('g', member), '00000000 0000 00')).toBeUndefined();
    expect(() => read(heartbeat('g', member), '00000000 0019 00')).toThrow('Heartbeat: error 25');
  });
});

describe('LeaveGroup, version 4', () => {
  it('is written field by field as the grammar says', () => {
    expect(written(leaveGroup('g', 'm'))).toEqual([13, 4, bytes('00 02 67 02 02 6d 00 00 00')]);
  });
});

describe('FindCoordinator, version 3', () => {
  it('is written field by field as the grammar says', () => {
    expect(written(findCoordinator('g'))).toEqual([10, 3, bytes('00 02 67 00 00')]);
  });

  it('is read with the node id, or fails with the error', () => {
    expect(read(findCoordinator('g'), '00000000 0000 00 00000007 02 68 00002384 00')).toBe(7);
    expect(() => read(findCoordinator('g'), '00000000 001e 00 ffffffff 01 ffffffff 00')).toThrow('FindCoordinator: error 30');
  });
});

describe('OffsetCommit, version 8', () => {
  const positions = [{ topic: 't', partition: 1, offset: 9n, metadata: 'x' }];

  it('is written field by field as the grammar says', () => {
    expect(written(offsetCommit({ groupId: 'g', member: staticMember, positions }))).toEqual([
      8,
      8,
      bytes('00 02 67 00000007 02 6d 02 69 02 02 74 02 00000001 0000000000000009 ffffffff 02 78 00 00 00'),
    ]);
  });

  it('is refused with the code of the first partition that was', () => {
    expect(() =>
      read(offsetCommit({ groupId: 'g', member, positions }), '00000000 02 02 74 03 00000000 0000 00 00000001 0016 00 00 00'),
    ).toThrow('OffsetCommit: error 22');
  });
});
