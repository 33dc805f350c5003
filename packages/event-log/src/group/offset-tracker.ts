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
  /** True when `offset` was handed over and is not finished. */
  isOpen(offset: bigint): boolean;
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
  /** Adds what the group has committed since: all below `committed`, and `runs` counted from it, is finished. */
  merge(committed: bigint, runs: readonly DoneRun[]): void;
}

/** A tracker that begins at the committed offset `start` with the done offsets of its metadata. */
export function createOffsetTracker(start: bigint, runs: readonly DoneRun[] = []): OffsetTracker {
  // A ring with one cell per offset from the low-water mark on: 1 = finished or absent. Distances from the mark are
  // numbers, for they stay below maxSpan, a power of two.
  const finished = new Uint8Array(maxSpan);
  let low = start;
  let head = 0;
  let nextAt = 0;
  // Above every finished cell.
  let topAt = 0;
  let openCount = 0;
  let version = 0;

  const cell = (distance: number): number => (head + distance) & (maxSpan - 1);
  const isFinished = (distance: number): boolean => distance < topAt && finished[cell(distance)] === 1;
  const next = (): bigint => low + BigInt(nextAt);

  /** Undefined below the low-water mark and beyond the ring. */
  function distanceOf(offset: bigint): number | undefined {
    const distance = offset - low;
    return distance >= 0n && distance < BigInt(maxSpan) ? Number(distance) : undefined;
  }

  function mark(distance: number): void {
    finished[cell(distance)] = 1;
    if (distance >= topAt) topAt = distance + 1;
  }

  function raiseLow(): void {
    let count = 0;
    while (isFinished(count)) {
      finished[cell(count)] = 0;
      count += 1;
    }
    if (count === 0) return;
    low += BigInt(count);
    head = cell(count);
    // What an earlier owner finished need not be handed over, so the mark may pass the next offset.
    nextAt = Math.max(0, nextAt - count);
    topAt = Math.max(0, topAt - count);
    version += 1;
  }

  function restartAt(offset: bigint): void {
    finished.fill(0);
    low = offset;
    nextAt = 0;
    topAt = 0;
    openCount = 0;
    version += 1;
  }

  const reaches = (offset: bigint): boolean => openCount === 0 || offset - low < BigInt(maxSpan);

  function skipTo(offset: bigint): void {
    if (offset <= next() || !reaches(offset - 1n)) return;
    if (offset - low > BigInt(maxSpan)) {
      restartAt(offset);
      return;
    }
    const end = Number(offset - low);
    for (let distance = nextAt; distance < end; distance += 1) mark(distance);
    nextAt = end;
    version += 1;
    raiseLow();
  }

  function take(offset: bigint): 'open' | 'seen' | 'finished' {
    if (offset < next()) return 'seen';
    skipTo(offset);
    if (offset !== next()) throw new RangeError(`offset ${offset} is out of reach of ${low}`);
    nextAt += 1;
    if (isFinished(nextAt - 1)) {
      raiseLow();
      return 'finished';
    }
    openCount += 1;
    return 'open';
  }

  function finish(distance: number): void {
    if (distance >= nextAt || isFinished(distance)) return;
    mark(distance);
    openCount -= 1;
    version += 1;
  }

  function done(offset: bigint): void {
    const distance = distanceOf(offset);
    if (distance === undefined) return;
    finish(distance);
    if (distance === 0) raiseLow();
  }

  function merge(committed: bigint, doneAbove: readonly DoneRun[]): void {
    // Open offsets below the committed one were finished by another member.
    if (committed > next()) keepAbove(committed);
    else for (let distance = 0; low + BigInt(distance) < committed; distance += 1) finish(distance);
    for (const run of doneAbove) {
      for (let index = run.from; index < run.from + run.length; index += 1) {
        const distance = distanceOf(committed + BigInt(index));
        if (distance === undefined) continue;
        if (distance < nextAt) finish(distance);
        else mark(distance);
      }
    }
    raiseLow();
  }

  function keepAbove(offset: bigint): void {
    const kept = Array.from({ length: topAt }, (_, distance) => low + BigInt(distance)).filter(
      (each, distance) => each >= offset && isFinished(distance),
    );
    restartAt(offset);
    for (const each of kept) mark(Number(each - low));
  }

  function doneRuns(): DoneRun[] {
    const found: DoneRun[] = [];
    let from = -1;
    for (let distance = 0; distance <= topAt; distance += 1) {
      const set = isFinished(distance);
      if (set && from < 0) from = distance;
      if (!set && from >= 0) {
        found.push({ from, length: distance - from });
        from = -1;
      }
    }
    return found;
  }

  merge(start, runs);
  return {
    next,
    lowWater: () => low,
    doneRuns,
    open: () => openCount,
    span: () => nextAt,
    version: () => version,
    reaches,
    isOpen(offset) {
      const distance = distanceOf(offset);
      return distance !== undefined && distance < nextAt && !isFinished(distance);
    },
    finishedBefore(offset) {
      const distance = distanceOf(offset);
      return distance !== undefined && distance >= nextAt && isFinished(distance);
    },
    take,
    skipTo,
    done,
    merge,
  };
}
