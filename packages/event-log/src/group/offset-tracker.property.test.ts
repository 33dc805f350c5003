import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DoneRun, decodeDoneRuns, encodeDoneRuns } from './commit-metadata.ts';
import { createOffsetTracker, type OffsetTracker } from './offset-tracker.ts';

/** Offsets of a partition with holes, as transactions and compaction leave them. */
const partitions = fc
  .tuple(
    fc.bigInt({ min: 0n, max: 1n << 60n }),
    fc.array(fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 40 })), { minLength: 1, maxLength: 300 }),
  )
  .map(([start, steps]) => {
    let at = start;
    const offsets = steps.map((step) => {
      at += BigInt(step);
      return at - 1n;
    });
    return { start, offsets };
  });

/** Which of the open offsets ends next, and when to commit or to crash, as numbers to take modulo what there is. */
const schedules = fc.array(
  fc.record({ act: fc.constantFrom('take', 'take', 'done', 'done', 'commit', 'crash', 'rejoin'), pick: fc.nat() }),
  { maxLength: 600 },
);

function resume(committed: { offset: bigint; metadata: string }): OffsetTracker {
  return createOffsetTracker(committed.offset, decodeDoneRuns(committed) ?? []);
}

function covers(committed: bigint, runs: readonly DoneRun[], offset: bigint): boolean {
  const above = offset - committed;
  return above < 0n || runs.some((run) => above >= BigInt(run.from) && above < BigInt(run.from + run.length));
}

describe('offset tracker', () => {
  it('never commits past an unfinished offset, loses none over crashes and repeats only what was not committed', () => {
    fc.assert(
      fc.property(partitions, schedules, ({ start, offsets }, schedule) => {
        const finished = new Set<bigint>();
        let covered = new Set<bigint>();
        const finishedHere = new Set<bigint>();
        let committed = { offset: start, metadata: '' };
        let tracker = resume(committed);
        let open: bigint[] = [];
        let position = 0;

        const rewind = (): void => {
          position = offsets.findIndex((offset) => offset >= committed.offset);
          if (position < 0) position = offsets.length;
        };
        const step = (act: string, pick: number): void => {
          if (act === 'take' && position < offsets.length) {
            const offset = offsets[position] as bigint;
            const knownFinished = tracker.finishedBefore(offset);
            position += 1;
            const taken = tracker.take(offset);
            expect(knownFinished).toBe(taken === 'finished');
            if (taken === 'open') {
              expect(covered.has(offset)).toBe(false);
              open.push(offset);
            }
            if (taken === 'finished') expect(finished.has(offset)).toBe(true);
          }
          if (act === 'done' && open.length > 0) {
            const [offset] = open.splice(pick % open.length, 1) as [bigint];
            tracker.done(offset);
            if (pick % 3 === 0) tracker.done(offset);
            finished.add(offset);
            finishedHere.add(offset);
          }
          if (act === 'commit') {
            committed = { offset: tracker.lowWater(), metadata: encodeDoneRuns(tracker.lowWater(), tracker.doneRuns()) };
            covered = new Set(offsets.filter((offset) => covers(committed.offset, tracker.doneRuns(), offset)));
            for (const offset of covered) expect(finished.has(offset)).toBe(true);
            for (const offset of finishedHere) expect(covered.has(offset)).toBe(true);
          }
          if (act === 'crash') {
            tracker = resume(committed);
            open = [];
            finishedHere.clear();
            rewind();
          }
          if (act === 'rejoin') {
            tracker.merge(committed.offset, decodeDoneRuns(committed) ?? []);
            rewind();
          }
          expect(tracker.open()).toBe(open.length);
        };

        for (const { act, pick } of schedule) step(act, pick);
        while (position < offsets.length) step('take', 0);
        while (open.length > 0) step('done', 0);
        expect(finished.size).toBe(offsets.length);
        expect(tracker.lowWater()).toBe((offsets.at(-1) as bigint) + 1n);
        expect(tracker.doneRuns()).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('takes over what another member committed while it was away', () => {
    fc.assert(
      fc.property(
        partitions,
        fc.nat(),
        fc.nat(),
        fc.array(fc.nat(), { maxLength: 50 }),
        ({ start, offsets }, takenCount, committedAt, doneHere) => {
          const tracker = createOffsetTracker(start);
          const open = offsets.slice(0, takenCount % (offsets.length + 1));
          for (const offset of open) tracker.take(offset);
          const index = committedAt % offsets.length;
          const committed = offsets[index] as bigint;
          // The other member also finished every second one above its mark.
          const theirs = offsets.slice(index).filter((offset, at) => at % 2 === 1 && offset - committed < 16_384n);
          const runs = theirs.map((offset) => ({ from: Number(offset - committed), length: 1 }));
          tracker.merge(committed, runs);
          expect(tracker.lowWater() >= committed).toBe(true);
          const rest = offsets.filter((offset) => offset >= tracker.next());
          for (const offset of rest) expect(tracker.take(offset)).toBe(theirs.includes(offset) ? 'finished' : 'open');
          for (const pick of doneHere) tracker.done(offsets[pick % offsets.length] as bigint);
          for (const offset of offsets) tracker.done(offset);
          expect(tracker.open()).toBe(0);
          expect(tracker.lowWater()).toBe((offsets.at(-1) as bigint) + 1n);
        },
      ),
    );
  });
});
