import { describe, expect, it } from 'vitest';
import { decodeDoneRuns, encodeDoneRuns, maxSpan } from './commit-metadata.ts';
import { createOffsetTracker } from './offset-tracker.ts';

describe('offset tracker at the edge of its span', () => {
  it('follows offsets up to the span above an open one and no further, and says all of them in the metadata', () => {
    const tracker = createOffsetTracker(100n);
    for (let index = 0; index < maxSpan; index += 1) {
      const offset = 100n + BigInt(index);
      expect(tracker.reaches(offset)).toBe(true);
      tracker.take(offset);
      if (index > 0) tracker.done(offset);
    }
    const beyond = 100n + BigInt(maxSpan);
    expect(tracker.reaches(beyond)).toBe(false);
    expect(() => tracker.take(beyond + 1n)).toThrow(RangeError);
    expect(tracker.lowWater()).toBe(100n);
    const runs = tracker.doneRuns();
    expect(runs).toEqual([{ from: 1, length: maxSpan - 1 }]);
    expect(decodeDoneRuns({ offset: 100n, metadata: encodeDoneRuns(100n, runs) })).toEqual(runs);
    tracker.done(100n);
    expect(tracker.lowWater()).toBe(beyond);
    expect(tracker.reaches(beyond)).toBe(true);
    expect(tracker.take(beyond)).toBe('open');
  });

  it('jumps over any distance when nothing is open', () => {
    const tracker = createOffsetTracker(0n, [{ from: 5, length: 2 }]);
    const far = 1n << 50n;
    expect(tracker.reaches(far)).toBe(true);
    expect(tracker.take(far)).toBe('open');
    expect(tracker.lowWater()).toBe(far);
    expect(tracker.doneRuns()).toEqual([]);
  });

  it('does not skip beyond its span while something is open', () => {
    const tracker = createOffsetTracker(0n);
    tracker.take(0n);
    tracker.skipTo(BigInt(maxSpan) + 1n);
    expect(tracker.next()).toBe(1n);
    tracker.skipTo(BigInt(maxSpan));
    expect(tracker.next()).toBe(BigInt(maxSpan));
  });
});
