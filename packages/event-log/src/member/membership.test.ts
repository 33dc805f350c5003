import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type Membership, notMember, pauseAfter, type Reaction, react } from './membership.ts';

const member: Membership = { phase: 'stable', memberId: 'm', generationId: 7, instanceId: 'i' };

describe('the reaction to a failed request', () => {
  it.each<[code: number | undefined, what: string, reaction: Reaction]>([
    [undefined, 'no response', 'repeat'],
    [14, 'the coordinator is loading', 'repeat'],
    [15, 'no coordinator', 'repeat'],
    [16, 'not the coordinator', 'repeat'],
    [22, 'illegal generation', 'rejoin'],
    [27, 'rebalance in progress', 'rejoin'],
    [25, 'unknown member id', 'join-as-new'],
    [82, 'fenced instance id', 'join-as-dynamic'],
    [23, 'inconsistent group protocol', 'wait'],
    [81, 'the group is full', 'wait'],
    [9_999, 'an error that is not known', 'wait'],
    [24, 'invalid group id', 'fatal'],
    [26, 'invalid session timeout', 'fatal'],
    [30, 'group authorization failed', 'fatal'],
    [35, 'unsupported version', 'fatal'],
  ])('to error %s, %s, is %s', (code, _what, reaction) => {
    expect(decide(code)).toBe(reaction);
  });

  it.each<[Reaction, Membership]>([
    ['repeat', member],
    ['fatal', member],
    ['rejoin', { ...member, phase: 'joining' }],
    ['wait', { ...member, phase: 'joining' }],
    ['join-as-new', { phase: 'joining', memberId: '', generationId: -1, instanceId: 'i' }],
    ['join-as-dynamic', { phase: 'joining', memberId: '', generationId: -1, instanceId: undefined }],
  ])('%s changes the membership', (reaction, expected) => {
    expect(react(member, reaction)).toEqual(expected);
  });

  it('joins a rebalance at once, repeats after 50 ms, and waits up to 1 s', () => {
    expect(pauseAfter('rejoin', 1)).toBe(0);
    expect(pauseAfter('join-as-new', 1)).toBe(0);
    expect(pauseAfter('repeat', 1)).toBe(50);
    expect(pauseAfter('rejoin', 2)).toBe(100);
    expect(pauseAfter('wait', 99)).toBe(1_000);
  });

  it('never brings back an instance id that was fenced, and a member id that the group removed', () => {
    const codes = fc.array(fc.constantFrom(undefined, 14, 16, 22, 23, 25, 27, 82), { maxLength: 20 });
    fc.assert(
      fc.property(codes, fc.option(fc.constant('i'), { nil: undefined }), (all, instanceId) => {
        let state: Membership = { ...notMember(instanceId), phase: 'stable', memberId: 'first', generationId: 1 };
        let fenced = instanceId === undefined;
        let removed = false;
        for (const code of all) {
          state = react(state, decide(code));
          fenced ||= code === 82;
          removed ||= code === 25 || code === 82;
          expect(state.instanceId).toBe(fenced ? undefined : instanceId);
          expect(state.memberId).toBe(removed ? '' : 'first');
          if (removed) expect(state.phase).toBe('joining');
        }
      }),
    );
  });
});
