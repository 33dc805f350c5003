import { Readable } from 'node:stream';
import type { Clock } from '../../clock.ts';
import { silentLogger } from '../../logger.ts';
import type { PartitionWorkerOptions } from '../partition-worker.ts';
import { createTurns } from '../turns.ts';

/** Options of a worker of partition 0 that begins at the beginning, and that nothing is known of besides. */
export function workerOptions(clock: Clock): Omit<PartitionWorkerOptions, 'process' | 'open'> {
  return {
    topic: 'in',
    partition: 0,
    groupId: 'group',
    onFenced: undefined,
    onTakenOver: undefined,
    onTimedOut: undefined,
    bounds: { maxRecords: 10, maxBytes: 1_000_000, maxAgeMs: 1_000 },
    rest: () => undefined,
    turns: createTurns(1, clock),
    startWithoutOffset: async () => 0n,
    startsAtEnd: false,
    logBegin: async () => 0n,
    readBack: () => Readable.from([]),
    hold: () => undefined,
    seek: () => undefined,
    onFatal: () => undefined,
    clock,
    logger: silentLogger,
  };
}
