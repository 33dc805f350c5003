import { describe, expect, it } from 'vitest';
import { readLimits } from './read-limits.ts';

describe('the limits of an app', () => {
  it('are each optional whole numbers', () => {
    const problems: string[] = [];
    const read = (value: unknown) => readLimits(value, (text) => problems.push(text));
    expect(read({})).toEqual({ requestsPerSecond: undefined, bytesInFlight: undefined });
    expect(read({ requests_per_second: 50, bytes_in_flight: 2_000_000 })).toEqual({ requestsPerSecond: 50, bytesInFlight: 2_000_000 });
    expect(problems).toEqual([]);
  });

  it.each<[unknown, string]>([
    [7, 'limits: must be an object with requests_per_second, bytes_in_flight (got number)'],
    [{ requests: 1 }, 'limits.requests: is not a known member (requests_per_second, bytes_in_flight)'],
    [{ requests_per_second: 0 }, 'limits.requests_per_second: must be a whole number of at least 1 (got 0)'],
    [{ requests_per_second: '5' }, 'limits.requests_per_second: must be a whole number of at least 1 (got "5")'],
    [{ bytes_in_flight: 1_000 }, 'limits.bytes_in_flight: must be a whole number of at least 1048576 (got 1000)'],
  ])('%j is refused with the member, the rule and the value', (value, text) => {
    const problems: string[] = [];
    readLimits(value, (problem) => problems.push(problem));
    expect(problems).toEqual([text]);
  });
});
