import type { Position } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import type { Fetched } from './fetch-partitions.ts';
import type { StartPosition } from './start-positions.ts';

/** Positions of the partitions of one reader, and whether they have reached their ends. */
export interface ReadState {
  /** Resolves when every partition has passed the end it had at the start. */
  readonly caughtUp: Promise<void>;
  all(): readonly Position[];
  /** Those of `positions` that no one else holds, now held by the caller. */
  take(positions: readonly Position[]): readonly Position[];
  release(positions: readonly Position[]): void;
  /** Moves a held partition on. `alone`: nothing else was asked for, so that nothing was left out for lack of room. */
  advance(fetched: Fetched, alone: boolean): void;
  /** Moves every position that lies below the given one up to it. */
  raiseTo(begins: ReadonlyMap<string, Position>): void;
  /** Rejects `caughtUp` if it is still open. */
  abandon(error: unknown): void;
}

interface PartitionState {
  readonly start: StartPosition;
  next: bigint;
  held: boolean;
  /** Nothing came although there is something: ask for this one alone. */
  starved: boolean;
}

export function createReadState(starts: readonly StartPosition[]): ReadState {
  const { promise: caughtUp, resolve, reject } = Promise.withResolvers<void>();
  // Whoever does not wait for it must not see an unhandled rejection.
  caughtUp.catch(() => undefined);
  const states = new Map<string, PartitionState>(
    starts.map((start) => [keyOf(start), { start, next: start.offset, held: false, starved: false }]),
  );
  const behind = new Set(states.values());

  function settle(state: PartitionState): void {
    if (state.next < state.start.end) return;
    behind.delete(state);
    if (behind.size === 0) resolve();
  }

  const position = ({ start: { topic, partition }, next }: PartitionState): Position => ({ topic, partition, offset: next });
  for (const state of states.values()) settle(state);
  if (behind.size === 0) resolve();

  return {
    caughtUp,
    all: () => [...states.values()].map(position),
    take(positions) {
      const free = positions.flatMap((each) => states.get(keyOf(each)) ?? []).filter(({ held }) => !held);
      const starved = free.find((state) => state.starved);
      const taken = starved === undefined ? free : [starved];
      for (const state of taken) state.held = true;
      return taken.map(position);
    },
    release(positions) {
      for (const each of positions) {
        const state = states.get(keyOf(each));
        if (state !== undefined) state.held = false;
      }
    },
    advance(fetched, alone) {
      const state = states.get(keyOf(fetched));
      if (state === undefined) return;
      // Alone and still nothing: what stands at this offset is a batch that compaction has emptied.
      state.next = fetched.withheld && alone ? fetched.next + 1n : fetched.next;
      state.starved = fetched.withheld && !alone;
      settle(state);
    },
    raiseTo(begins) {
      for (const [key, begin] of begins) {
        const state = states.get(key);
        if (state === undefined || state.next >= begin.offset) continue;
        state.next = begin.offset;
        settle(state);
      }
    },
    abandon: reject,
  };
}
