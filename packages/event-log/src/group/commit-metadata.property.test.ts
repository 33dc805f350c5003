import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DoneRun, decodeDoneRuns, encodeDoneRuns, maxSpan } from './commit-metadata.ts';

/** Gaps and lengths of every scale, so that both encodings occur. */
const runs = fc
  .array(
    fc.tuple(
      fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 5_000 })),
      fc.oneof(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 5_000 })),
    ),
    { maxLength: 2_000 },
  )
  .map((pairs) => {
    const found: DoneRun[] = [];
    let at = 0;
    for (const [gap, length] of pairs) {
      if (at + gap + length > maxSpan) break;
      found.push({ from: at + gap, length });
      at += gap + length;
    }
    return found;
  });

describe('commit metadata', () => {
  it('gives back the runs it was made from, in at most 3,072 characters', () => {
    fc.assert(
      fc.property(runs, (given) => {
        const text = encodeDoneRuns(given);
        expect(decodeDoneRuns(text)).toEqual(given);
        expect(text.length).toBeLessThanOrEqual(3_072);
      }),
    );
  });

  it('fits the worst case: every second offset done over the whole span', () => {
    const every = Array.from({ length: maxSpan / 2 }, (_, index) => ({ from: index * 2 + 1, length: 1 }));
    const text = encodeDoneRuns(every);
    expect(text.length).toBeLessThanOrEqual(3_072);
    expect(decodeDoneRuns(text)).toEqual(every);
  });

  it('refuses runs beyond the span', () => {
    expect(() => encodeDoneRuns([{ from: maxSpan, length: 1 }])).toThrow(RangeError);
  });

  it('reads any text without an exception, and never a run beyond the span', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.uint8Array({ minLength: 3 }).map((bytes) => Buffer.from([1, ...bytes]).toString('base64')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        for (const run of decodeDoneRuns(text) ?? []) expect(run.from + run.length).toBeLessThanOrEqual(maxSpan);
      }),
    );
  });

  it('takes text of another author or version for no knowledge', () => {
    expect(decodeDoneRuns('deployed by hand')).toBeUndefined();
    expect(decodeDoneRuns(Buffer.from([2, 0, 255]).toString('base64'))).toBeUndefined();
    expect(decodeDoneRuns('')).toEqual([]);
  });
});
