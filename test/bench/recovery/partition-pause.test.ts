import { describe, expect, it } from 'vitest';
import type { LoadOutcome } from '../support/steady-load.ts';
import { pausesOf } from './partition-pause.ts';

/** Messages a to d of partitions of the same names, sent at 10,000 ms, that arrived so much later. */
function outcome(delays: Readonly<Record<string, number>>): LoadOutcome {
  const conversations = Object.keys(delays);
  return {
    conversations,
    refused: 0,
    repeated: 0,
    sentAt: Float64Array.from(conversations, () => 10_000),
    respondedAt: Float64Array.from(conversations, () => 10_001),
    arrivals: conversations.map((subject) => ({ subject, endpoint: 0, at: 10_000 + (delays[subject] ?? 0) })),
  };
}
const owners = (text: string) => new Map(text.split(' ').map((pair) => pair.split(':') as [string, string]));
const byName = (conversation: string) => [conversation];

describe('the pauses of partitions in a change of a group', () => {
  const loads = outcome({ a: 100, b: 300, c: 2_000 });

  it('are the longest waits of those that kept their member and of those that moved', () => {
    const change = { before: owners('a:one b:one c:one'), after: owners('a:one b:one c:two'), restarted: new Set<string>() };
    expect(pausesOf(loads, [change], byName, 9_500)).toEqual({ keptMs: 300, movedMs: 2_000, kept: 2, moved: 1 });
  });

  it('count partitions of a restarted member as moved, even if it has them again', () => {
    const change = { before: owners('a:one b:two c:two'), after: owners('a:one b:two c:two'), restarted: new Set(['two']) };
    expect(pausesOf(loads, [change], byName, 9_500)).toEqual({ keptMs: 100, movedMs: 2_000, kept: 1, moved: 2 });
  });

  it('leave out messages sent more than a second before the change', () => {
    const change = { before: owners('a:one b:one c:one'), after: owners('a:one b:one c:one'), restarted: new Set<string>() };
    expect(pausesOf(loads, [change], byName, 11_500)).toEqual({ keptMs: Number.NaN, movedMs: Number.NaN, kept: 3, moved: 0 });
  });

  it('count a message as moved if one of its partitions moved in one of two groups', () => {
    const still = { before: owners('a:one b:one'), after: owners('a:one b:one'), restarted: new Set<string>() };
    const moves = { before: owners('c:one'), after: owners('c:two'), restarted: new Set<string>() };
    const both = (conversation: string) => [conversation, 'c'];
    expect(pausesOf(loads, [still, moves], both, 9_500)).toMatchObject({ keptMs: Number.NaN, movedMs: 2_000 });
  });
});
