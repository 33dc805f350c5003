import { describe, expect, it } from 'vitest';
import { type AbuseResults, judge } from './judge.ts';

const none: AbuseResults = { cases: [], firstUse: undefined, forged: undefined, kids: undefined, rates: undefined, bytes: undefined };
const round = { sent: 100, accepted: 100, p50Ms: 2, p99Ms: 5 };

describe('judge', () => {
  it.each([
    [2_000, []],
    [1_800, []],
    [1_799, ['forged tokens: 1799 of 2000 a second']],
    [Number.NaN, ['forged tokens: NaN of 2000 a second']],
  ])('expects 90 %% of 2,000 forged tokens a second: %d', (forgedPerSecond, missed) => {
    const forged = { forgedPerSecond, quiet: round, abused: round, after: round, others: [] };
    expect(judge({ ...none, forged })).toEqual({ failed: [], missed });
  });

  it.each([
    [1, 19.9, []],
    [2, 19.9, ['unknown key ids: 2 fetches in 19.9 s, 1 allowed']],
    [2, 20, []],
    [3, 39.9, ['unknown key ids: 3 fetches in 39.9 s, 2 allowed']],
  ])('allows one fetch of key sets in 20 s: %d in %d s', (fetches, windowSeconds, failed) => {
    const kids = { unknownPerSecond: 1_000, publishedToAcceptedSeconds: 18, refusals: {}, fetches, windowSeconds };
    expect(judge({ ...none, kids })).toEqual({ failed, missed: [] });
  });
});
