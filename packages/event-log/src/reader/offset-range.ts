import type { Clock } from '../clock.ts';
import { createFailingTime } from '../fetch/failing-time.ts';
import { mayPass } from '../fetch/may-pass.ts';
import { type ReadCluster, uncommittedView } from '../kafkajs/cluster/read-cluster.ts';
import { renewConnections } from '../kafkajs/cluster/renew-connections.ts';
import type { Position } from '../log.ts';
import type { LogLogger } from '../logger.ts';
import { keyOf } from '../partition-key.ts';
import { pause } from '../retry.ts';
import { ResponseError } from '../wire/ask-broker.ts';
import { offsetsOf } from './start-positions.ts';

/** The offsets that a partition has. */
export interface OffsetRange {
  /** The log start offset. */
  readonly start: bigint;
  /** The log end offset, above that of open transactions. */
  readonly end: bigint;
}

export interface OffsetRangeOptions {
  readonly cluster: ReadCluster;
  /** False ends the look-up. */
  readonly current: () => boolean;
  /** The look-up fails, for `failingForMs` by now. It is tried again. */
  readonly onFailing: (error: unknown, failingForMs: number) => void;
  readonly clock: Clock;
  readonly logger: LogLogger;
}

const LOOK_AGAIN_MS = 1_000;
/** A new leader may have a lower log end offset for a moment. */
const GRACE_MS = 30_000;
const UNKNOWN_TOPIC = 3;

/** The offsets of a partition whose leader said that it does not have the position. Undefined if the look-up was ended. */
export async function findOffsetRange(position: Position, options: OffsetRangeOptions): Promise<OffsetRange | undefined> {
  const { cluster, current, onFailing, clock, logger } = options;
  const { topic, partition, offset } = position;
  const since = clock.monotonic();
  const failing = createFailingTime(clock);
  while (current()) {
    try {
      const start = await offsetOf(cluster, position, true);
      const end = await offsetOf(uncommittedView(cluster), position, false);
      if (!current()) return undefined;
      failing.succeed();
      if (offset <= end || clock.monotonic() - since >= GRACE_MS) {
        const fields = { topic, partition, offset: String(offset), logStartOffset: String(start), logEndOffset: String(end) };
        logger.warn(fields, 'Offset out of range');
        return { start, end };
      }
    } catch (error) {
      renewConnections(cluster, error);
      logger.debug({ err: error, topic, partition }, 'Offsets of the partition are unknown');
      failing.fail(mayPass(error));
      if (current()) onFailing(error, failing.ms);
    }
    await pause(LOOK_AGAIN_MS, clock);
    // A stopped owner has disconnected: the refresh would connect again.
    if (!current()) return undefined;
    await cluster.refreshMetadata().catch(() => undefined);
  }
  return undefined;
}

async function offsetOf(cluster: ReadCluster, position: Position, fromBeginning: boolean): Promise<bigint> {
  const found = (await offsetsOf(cluster, [position], { fromBeginning })).get(keyOf(position));
  if (found === undefined) throw new ResponseError('Metadata', UNKNOWN_TOPIC);
  return found.offset;
}
