import { type DoneRun, maxSpan } from './commit-metadata.ts';

/** What a partition has handed over and finished, and so what may be committed. */
export interface OffsetTracker {
  /** The next offset to be handed over. */
  next(): bigint;
  /** The lowest offset not finished: the one to commit. */
  lowWater(): bigint;
  /** Finished offsets above the low-water mark, counted from it. */
  doneRuns(): DoneRun[];
  /** How many offsets were handed over and are not finished. */
  open(): number;
  /** From the low-water mark to the next offset. */
  span(): number;
  /** Changes whenever there is something new to commit. */
  version(): number;
  /** False while `offset` is too far above the low-water mark to be followed. */
  reaches(offset: bigint): boolean;
  /** True when an earlier owner of the partition finished `offset`. */
  finishedBefore(offset: bigint): boolean;
  /**
   * Hands `offset` over. Offsets between `next` and it do not exist (control records, aborted or compacted ones) and count
   * as finished. `seen`: it was handed over before; `finished`: an earlier owner finished it. In both cases nothing is to be done.
   */
  take(offset: bigint): 'open' | 'seen' | 'finished';
  /** Offsets below `offset` that were not handed over do not exist. Ignored while out of reach. */
  skipTo(offset: bigint): void;
  /** Finishes an offset; a second time has no effect. */
  done(offset: bigint): void;
  /** Adds what the group has committed meanwhile: all below `committed`, and `runs` counted from it, is finished. */
  merge(committed: bigint, runs: readonly DoneRun[]): void;
}

/** A tracker that begins at the committed offset `start` with the done offsets of its metadata. */
export function createOffsetTracker(start: bigint, runs: readonly DoneRun[] = []): OffsetTracker {
  // One cell per offset from the low-water mark on, as a ring: 1 = finished or absent.
  const finished = new Uint8Array(maxSpan);
  let low = start;
  let next = start;
  let openCount = 0;
  let version = 0;
  // Above every finished cell, so that doneRuns needs no full turn of the ring.
  let top = start;

  const cell = (offset: bigint): number => Number(offset % BigInt(maxSpan));
  const isFinished = (offset: bigint): boolean => offset >= low && offset < top && finished[cell(offset)] === 1;

  function mark(offset: bigint): void {
    finished[cell(offset)] = 1;
    if (offset >= top) top = offset + 1n;
  }

  function raiseLow(): void {
    const before = low;
    while (low < next && finished[cell(low)] === 1) {
      finished[cell(low)] = 0;
      low += 1n;
    }
    if (top < low) top = low;
    if (low !== before) version += 1;
  }

  function restartAt(offset: bigint): void {
    finished.fill(0);
    low = offset;
    next = offset;
    top = offset;
    openCount = 0;
    version += 1;
  }

  const reaches = (offset: bigint): boolean => openCount === 0 || offset - low < BigInt(maxSpan);

  function skipTo(offset: bigint): void {
    if (offset <= next || !reaches(offset - 1n)) return;
    if (offset - low > BigInt(maxSpan)) {
      restartAt(offset);
      return;
    }
    for (let at = next; at < offset; at += 1n) mark(at);
    next = offset;
    version += 1;
    raiseLow();
  }

  function take(offset: bigint): 'open' | 'seen' | 'finished' {
    if (offset < next) return 'seen';
    skipTo(offset);
    if (offset !== next) throw new RangeError(`offset ${offset} is out of reach of ${low}`);
    next = offset + 1n;
    if (isFinished(offset)) {
      raiseLow();
      return 'finished';
    }
    openCount += 1;
    return 'open';
  }

  function done(offset: bigint): void {
    if (offset < low || offset >= next || finished[cell(offset)] === 1) return;
    mark(offset);
    openCount -= 1;
    version += 1;
    if (offset === low) raiseLow();
  }

  function merge(committed: bigint, doneAbove: readonly DoneRun[]): void {
    if (committed >= next) {
      // Everything that is open here was finished by another member.
      if (committed > next) keepAbove(committed);
      else for (let at = low; at < next; at += 1n) done(at);
    } else {
      for (let at = low; at < committed; at += 1n) done(at);
    }
    for (const run of doneAbove) {
      for (let index = run.from; index < run.from + run.length; index += 1) {
        const offset = committed + BigInt(index);
        if (offset < low || offset - low >= BigInt(maxSpan)) continue;
        if (offset < next) done(offset);
        else mark(offset);
      }
    }
  }

  function keepAbove(offset: bigint): void {
    const kept: bigint[] = [];
    for (let at = offset; at < top; at += 1n) if (isFinished(at)) kept.push(at);
    restartAt(offset);
    for (const at of kept) mark(at);
  }

  function doneRuns(): DoneRun[] {
    const found: DoneRun[] = [];
    let from = -1;
    const length = Number(top - low);
    for (let index = 0; index <= length; index += 1) {
      const set = index < length && finished[cell(low + BigInt(index))] === 1;
      if (set && from < 0) from = index;
      if (!set && from >= 0) {
        found.push({ from, length: index - from });
        from = -1;
      }
    }
    return found;
  }

  merge(start, runs);
  return {
    next: () => next,
    lowWater: () => low,
    doneRuns,
    open: () => openCount,
    span: () => Number(next - low),
    version: () => version,
    reaches,
    finishedBefore: (offset) => offset >= next && isFinished(offset),
    take,
    skipTo,
    done,
    merge,
  };
}
