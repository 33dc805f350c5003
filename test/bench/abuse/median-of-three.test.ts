import { describe, expect, it } from 'vitest';
import { type Measured, medianOfThree } from './median-of-three.ts';

const measured = (p99Ms: number, accepted: number, others: readonly string[] = []): Measured => {
  const round = { sent: 100, accepted, p50Ms: 1, p99Ms };
  return { abused: round, after: round, others };
};

describe('medianOfThree', () => {
  it.each([
    [[71, 9, 12], 12],
    [[24, 25, 26], 25],
    [[24, 24, 9], 24],
  ])('takes the middle p99 of %j', async ([first = 0, ...more], expected) => {
    const rest = more.map((p99Ms) => measured(p99Ms, 100));
    const { abused } = await medianOfThree(measured(first, 100), async () => rest.shift() as Measured);
    expect(abused).toEqual({ sent: 300, accepted: 300, p50Ms: 1, p99Ms: expected });
  });

  it('keeps what was not accepted in any of the three', async () => {
    const rest = [measured(9, 99, ['1 ucwa × 503']), measured(10, 100)];
    const result = await medianOfThree(measured(30, 100), async () => rest.shift() as Measured);
    expect(result).toMatchObject({ abused: { sent: 300, accepted: 299, p99Ms: 10 }, others: ['1 ucwa × 503'] });
  });
});
