import type { Clock } from '../clock.ts';
import type { ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import type { Position } from '../log.ts';
import type { LogLogger } from '../logger.ts';
import { keyOf } from '../partition-key.ts';
import { pause } from '../retry.ts';
import { offsetsOf } from './start-positions.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
// A new leader may know less of the log for a moment.
const GRACE_MS = 30_000;

/** Finds where to continue after a position that the log does not have. */
export interface Repositioner {
  /** Looks the position up until `onFound` or `onLost` is called. */
  reposition(position: Position): Promise<void>;
}

export interface RepositionerOptions {
  readonly cluster: ReadCluster;
  readonly clock: Clock;
  readonly logger: LogLogger;
  readonly signal: AbortSignal;
  /** The log start offset if retention passed the position, else the position: the log may have it by now. */
  readonly onFound: (position: Position) => void;
  /** The log has ended below the position for 30 s: it is another log. ERR_LOG_POSITION_LOST. */
  readonly onLost: (error: LogError) => void;
}

export function createRepositioner({ cluster, clock, logger, signal, onFound, onLost }: RepositionerOptions): Repositioner {
  /** Positions that are ahead of the log, and since when, in milliseconds of the monotonic clock. */
  const ahead = new Map<string, { readonly offset: bigint; readonly since: number }>();

  async function look(position: Position): Promise<Position | LogError> {
    const key = keyOf(position);
    const begin = (await offsetsOf(cluster, [position.topic], { fromBeginning: true })).get(key);
    if (begin !== undefined && begin.offset > position.offset) return begin;
    const end = (await offsetsOf(cluster, [position.topic], { fromBeginning: false })).get(key);
    if (end === undefined || end.offset >= position.offset) {
      ahead.delete(key);
      return position;
    }
    const known = ahead.get(key);
    const since = known?.offset === position.offset ? known.since : clock.monotonic();
    ahead.set(key, { offset: position.offset, since });
    if (clock.monotonic() - since <= GRACE_MS) return position;
    return new LogError('ERR_LOG_POSITION_LOST', `${key}: the reader is at ${position.offset}, the log ends at ${end.offset}`);
  }

  return {
    async reposition(position) {
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
        const found = await look(position).catch((error: unknown) => {
          logger.debug({ ...position, error: String(error) }, 'Position lookup failed');
        });
        // Also before it continues at the position: the brokers may refuse it again.
        const waitMs = found === position ? LONGEST_PAUSE_MS : found === undefined ? pauseMs : 0;
        if (waitMs > 0) await pause(waitMs, clock);
        if (signal.aborted) return;
        if (found instanceof LogError) return onLost(found);
        if (found !== undefined) return onFound(found);
        await cluster.refreshMetadata().catch(() => undefined);
      }
    },
  };
}
