import type { Clock } from '../clock.ts';
import type { Position } from '../log.ts';
import type { LogLogger } from '../logger.ts';
import { encodeDoneRuns } from './commit-metadata.ts';
import type { Commit, PartitionIntake } from './partition-intake.ts';

/** A position with the gaps below it, as it is committed. */
export interface PositionToCommit extends Position {
  readonly metadata: string;
}

export interface CommitterOptions {
  /** Partitions whose progress this member may commit now. */
  readonly owned: () => Iterable<PartitionIntake>;
  readonly send: (positions: readonly PositionToCommit[]) => Promise<void>;
  readonly clock: Clock;
  readonly logger: LogLogger;
}

export interface Committer {
  /** Commits a last time, then no more. */
  stop(): Promise<void>;
}

const INTERVAL_MS = 250;

/** Commits what has changed, every 250 ms. A failed commit is not repeated: the next one says more, if it is still ours to say. */
export function startCommitter({ owned, send, clock, logger }: CommitterOptions): Committer {
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  let cancel = (): void => undefined;

  async function commit(): Promise<void> {
    const pending = [...owned()].flatMap((intake) => {
      const change = intake.pendingCommit();
      return change === undefined ? [] : [{ intake, change }];
    });
    if (pending.length === 0) return;
    try {
      await send(pending.map(({ change }) => positionOf(change)));
      for (const { intake, change } of pending) intake.committed(change);
    } catch (error) {
      logger.debug({ err: error }, 'Offsets were not committed');
    }
  }

  function schedule(): void {
    if (stopped) return;
    cancel = clock.after(INTERVAL_MS, () => {
      running = commit().finally(schedule);
    });
  }

  schedule();
  return {
    async stop() {
      stopped = true;
      cancel();
      await running;
      await commit();
    },
  };
}

function positionOf({ topic, partition, offset, doneRuns }: Commit): PositionToCommit {
  return { topic, partition, offset, metadata: encodeDoneRuns(offset, doneRuns) };
}
