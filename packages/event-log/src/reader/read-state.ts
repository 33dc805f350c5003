import type { Position } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import type { StartPosition } from './start-positions.ts';

/** Whether the partitions of one reader have reached the ends they had at the start. */
export interface ReadState {
  /** Resolves when every partition has. */
  readonly caughtUp: Promise<void>;
  /** All records of the partition below the position have been handed over. */
  advance(position: Position): void;
  /** Rejects `caughtUp` if it is still open. */
  abandon(error: unknown): void;
}

export function createReadState(starts: readonly StartPosition[]): ReadState {
  const { promise: caughtUp, resolve, reject } = Promise.withResolvers<void>();
  // A caller that does not wait for it must not see an unhandled rejection.
  caughtUp.catch(() => undefined);
  /** End offsets that are not reached. */
  const ends = new Map(starts.filter(({ offset, end }) => offset < end).map((start) => [keyOf(start), start.end]));
  if (ends.size === 0) resolve();

  return {
    caughtUp,
    advance(position) {
      const end = ends.get(keyOf(position));
      if (end === undefined || position.offset < end) return;
      ends.delete(keyOf(position));
      if (ends.size === 0) resolve();
    },
    abandon: reject,
  };
}
