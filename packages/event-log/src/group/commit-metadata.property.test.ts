import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCursor } from '../processor/cursor-metadata.ts';
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

const offsets = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });

function readBack(offset: bigint, given: readonly DoneRun[]): readonly DoneRun[] | undefined {
  return decodeDoneRuns({ offset, metadata: encodeDoneRuns(offset, given) });
}

const runsOf = (...pairs: readonly (readonly [from: number, length: number])[]) => pairs.map(([from, length]) => ({ from, length }));
const metadataOf = (...bytes: readonly number[]) => Buffer.from(bytes).toString('base64');

/** Texts that are in the offsets of deployed groups and must be read as long as they may be there; those of version 2 are of offset 42. */
const BITMAP_RUNS = runsOf([1, 1], [3, 4]);
const LONG_RUNS = runsOf([1, 1], [300, 5_000]);
const STORED = [
  { of: 'version 1, a bitmap', metadata: 'AQB6', given: BITMAP_RUNS },
  { of: 'version 1, run lengths', metadata: 'AQEBAaoCiCc=', given: LONG_RUNS },
  { of: 'version 2, a bitmap', metadata: 'U3dEAv+V1qg1AHo=', given: BITMAP_RUNS },
  { of: 'version 2, run lengths', metadata: 'U3dEAv8v/pP9AQEBqgKIJw==', given: LONG_RUNS },
] as const;

describe('commit metadata', () => {
  it('gives back the runs it was made from, in at most 3,072 characters', () => {
    fc.assert(
      fc.property(runs, offsets, (given, offset) => {
        expect(readBack(offset, given)).toEqual(given);
        expect(encodeDoneRuns(offset, given).length).toBeLessThanOrEqual(3_072);
      }),
    );
  });

  it('fits the worst case: every second offset done over the whole span', () => {
    const every = Array.from({ length: maxSpan / 2 }, (_, index) => ({ from: index * 2 + 1, length: 1 }));
    expect(encodeDoneRuns(7n, every).length).toBeLessThanOrEqual(3_072);
    expect(readBack(7n, every)).toEqual(every);
  });

  it('refuses runs beyond the span', () => {
    expect(() => encodeDoneRuns(0n, [{ from: maxSpan, length: 1 }])).toThrow(RangeError);
  });

  it.each(STORED)('reads $metadata, as $of', ({ metadata, given }) => {
    expect(decodeDoneRuns({ offset: 42n, metadata })).toEqual(given);
  });

  it('writes the texts of version 2', () => {
    const written = [BITMAP_RUNS, LONG_RUNS].map((given) => encodeDoneRuns(42n, given));
    expect(written).toEqual(STORED.slice(2).map(({ metadata }) => metadata));
  });

  it('reads any text without an exception, and never a run beyond the span', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.uint8Array({ minLength: 3 }).map((bytes) => metadataOf(1, ...bytes)),
    );
    fc.assert(
      fc.property(texts, offsets, (metadata, offset) => {
        for (const run of decodeDoneRuns({ offset, metadata }) ?? []) expect(run.from + run.length).toBeLessThanOrEqual(maxSpan);
      }),
    );
  });

  it('never reads done offsets from text of which an octet was changed, or any number of them behind the magic', () => {
    const given = runs.filter(({ length }) => length > 0);
    const change = fc.integer({ min: 1, max: 255 });
    fc.assert(
      fc.property(
        given,
        offsets,
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), change), { maxLength: 8 }),
        change,
        (done, offset, at, more, by) => {
          const bytes = Buffer.from(encodeDoneRuns(offset, done), 'base64');
          const changed = Buffer.from(bytes);
          const xor = (place: number, value: number) => changed.writeUInt8((changed[place] as number) ^ value, place);
          xor(at % bytes.length, by);
          expect(decodeDoneRuns({ offset, metadata: changed.toString('base64') })).toBeUndefined();
          for (const [place, value] of more) xor(3 + (place % (bytes.length - 3)), value);
          fc.pre(!changed.equals(bytes));
          expect(decodeDoneRuns({ offset, metadata: changed.toString('base64') })).toBeUndefined();
        },
      ),
    );
  });

  it('never reads done offsets of another offset', () => {
    fc.assert(
      fc.property(
        runs.filter(({ length }) => length > 0),
        offsets,
        offsets,
        (done, offset, other) => {
          fc.pre(other !== offset);
          expect(decodeDoneRuns({ offset: other, metadata: encodeDoneRuns(offset, done) })).toBeUndefined();
        },
      ),
    );
  });

  it('takes 9 octets that begin with 01 00 for another program, whose version and timestamp they are', () => {
    expect(decodeDoneRuns({ offset: 42n, metadata: 'AQAAAYvP5WgA' })).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 7, maxLength: 7 }), (rest) => {
        expect(decodeDoneRuns({ offset: 42n, metadata: metadataOf(1, 0, ...rest) })).toBeUndefined();
      }),
    );
  });

  it.each([
    ['text of an operator', 'deployed by hand'],
    ['another first octet', metadataOf(2, 0, 255)],
    ['the head of version 1 alone', metadataOf(1, 0)],
    ['the cursor of a processor', encodeCursor(42n, 'install-0042')],
    ['the cursor of a processor, as version 1 wrote it', 'U3dDAWluc3RhbGwtMDA0Mg=='],
  ])('takes %s for no knowledge', (_name, metadata) => {
    expect(decodeDoneRuns({ offset: 42n, metadata })).toBeUndefined();
  });

  it('takes no text for no offset above the committed one', () => {
    expect(decodeDoneRuns({ offset: 42n, metadata: '' })).toEqual([]);
  });
});
