import type { Clock } from '../clock.ts';
import type { ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { renewConnections } from '../kafkajs/cluster/renew-connections.ts';
import type { Position } from '../log.ts';
import type { LogLogger } from '../logger.ts';
import { keyOf } from '../partition-key.ts';
import { pause } from '../retry.ts';
import { offsetsOf } from './start-positions.ts';

/** The offsets that the log has of a partition. */
export interface OffsetRange {
  readonly start: bigint;
  /** The next offset to be written. */
  readonly end: bigint;
}

export interface OffsetRangeOptions {
  readonly cluster: ReadCluster;
  /** False ends the look-up. */
  readonly current: () => boolean;
  readonly clock: Clock;
  readonly logger: LogLogger;
}

const LOOK_AGAIN_MS = 1_000;
/** A new leader may know less of the log for a moment. */
const GRACE_MS = 30_000;

/** The offsets of a partition of which a broker said that it does not have the position; undefined when the look-up was ended. */
export async function findOffsetRange(position: Position, options: OffsetRangeOptions): Promise<OffsetRange | undefined> {
  const { cluster, current, clock, logger } = options;
  const { topic, partition, offset } = position;
  const since = clock.monotonic();
  while (current()) {
    try {
      const start = await offsetOf(cluster, position, true);
      const end = await offsetOf(cluster, position, false);
      if (!current()) return undefined;
      if (offset <= end || clock.monotonic() - since >= GRACE_MS) {
        const fields = { topic, partition, offset: String(offset), logStartOffset: String(start), logEndOffset: String(end) };
        logger.warn(fields, 'Offset out of range');
        return { start, end };
      }
    } catch (error) {
      renewConnections(cluster, error);
      logger.debug({ err: error, topic, partition }, 'Offsets of the partition are not known');
    }
    await pause(LOOK_AGAIN_MS, clock);
    await cluster.refreshMetadata().catch(() => undefined);
  }
  return undefined;
}

async function offsetOf(cluster: ReadCluster, position: Position, fromBeginning: boolean): Promise<bigint> {
  const found = (await offsetsOf(cluster, [position.topic], { fromBeginning })).get(keyOf(position));
  if (found === undefined) throw new Error(`no metadata of ${keyOf(position)}`);
  return found.offset;
}
