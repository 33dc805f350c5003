import { describe, expect, it } from 'vitest';
import { compareRows, comparisonNotes } from './compare.ts';

const row = (figures: Record<string, number | string | boolean | null>) => ({ section: 'latency', quick: true, rate: 200, ...figures });

describe('the comparison of two runs', () => {
  it.each([
    ['p99Ms', 100, 111, true],
    ['p99Ms', 100, 109, false],
    ['p99Ms', 100, 50, false],
    ['deliveriesPerCpuS', 1_000, 899, true],
    ['deliveriesPerCpuS', 1_000, 901, false],
    ['deliveriesPerCpuS', 1_000, 2_000, false],
    ['deliveriesPerCpuSWithStores', 1_000, 500, true],
    ['normalizerTransactionsPerS', 50, 60, true],
    ['requestsPerNotification', 3, 2, false],
    ['perCpuShare', 0.65, 0.5, true],
    ['brokerCpuSeconds', 10, 20, true],
    ['registryCpuSeconds', 0.03, 0.08, false],
    ['p50Ms', 0.5, 1.2, false],
    ['missing', 0, 1, true],
  ])('says of %s that went from %d to %d whether it is more than 10 %% worse: %s', (figure, before, now, isWorse) => {
    const { figures } = compareRows([row({ [figure]: before })], [row({ [figure]: now })]);
    expect(figures).toEqual([expect.objectContaining({ figure, before, now, isWorse })]);
  });

  it('gives the ratio of each figure, and 1 where both are 0', () => {
    const { figures } = compareRows([row({ p50Ms: 20, missing: 0 })], [row({ p50Ms: 30, missing: 0 })]);
    expect(figures.map(({ figure, ratio }) => [figure, ratio])).toEqual([
      ['p50Ms', 1.5],
      ['missing', 1],
    ]);
  });

  it('compares rows of the same rate only, and not a short round with a long one', () => {
    const { figures, unmatched } = compareRows(
      [row({ rate: 100, p50Ms: 1 }), row({ quick: false, p50Ms: 1 })],
      [row({ rate: 100, p50Ms: 2 }), row({ p50Ms: 2 })],
    );
    expect(figures.map(({ row: name }) => name)).toEqual(['latency, quick true, rate 100']);
    expect(unmatched).toEqual(['latency, quick true, rate 200']);
  });

  it('leaves out figures that one of the runs has not', () => {
    expect(compareRows([row({ p50Ms: null })], [row({ p50Ms: 2, p99Ms: 3 })]).figures).toEqual([]);
  });

  it('lists what is worse, and what is not in the earlier file', () => {
    const notes = comparisonNotes(compareRows([row({ p50Ms: 10 })], [row({ p50Ms: 20 }), row({ rate: 5, p50Ms: 1 })]));
    expect(notes).toEqual([
      '1 of 1 figures are more than 10 % worse:',
      'latency, quick true, rate 200: p50Ms 10 → 20 (2.00 ×)',
      'Not in the earlier file: latency, quick true, rate 5',
    ]);
  });
});
