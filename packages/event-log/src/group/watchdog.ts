import type { Clock } from '../clock.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import type { Position, TopicPartition } from '../log.ts';
import type { LogLogger } from '../logger.ts';
import { keyOf } from '../partition-key.ts';

export interface WatchdogOptions {
  /** Owned partitions that ought to move when there is something to read, and their next offsets. */
  readonly moving: () => readonly Position[];
  /** Last stable offsets of the partitions, by `keyOf`, as far as they are known. Rejects when no leader responds. */
  readonly ends: (partitions: readonly TopicPartition[]) => Promise<ReadonlyMap<string, Position>>;
  readonly onStuck: (error: LogError) => void;
  readonly clock: Clock;
  readonly logger: LogLogger;
  readonly intervalMs?: number;
  /** How long a partition may make no progress although there are records for it. */
  readonly patienceMs?: number;
}

const INTERVAL_MS = 15_000;
const PATIENCE_MS = 60_000;

/**
 * Finds a fault of the fetcher or its owner by which a partition is no longer read: there are records in it, the brokers respond, it
 * is not paused, and its offset has not changed for a minute. Starts counting again after a report. Returns the function that ends
 * it.
 */
export function startWatchdog(options: WatchdogOptions): () => void {
  const { moving, ends, onStuck, clock, logger, intervalMs = INTERVAL_MS, patienceMs = PATIENCE_MS } = options;
  let still = new Map<string, { readonly offset: bigint; readonly since: number }>();
  let cancel = (): void => undefined;
  let unknownSince: number | undefined;
  let stopped = false;

  async function look(): Promise<void> {
    const before = still;
    still = new Map();
    const positions = moving();
    const known = await ends(positions).catch(unknown);
    if (known !== undefined) unknownSince = undefined;
    for (const position of positions) {
      const end = known?.get(keyOf(position));
      if (end === undefined || end.offset <= position.offset) continue;
      const earlier = before.get(keyOf(position));
      const since = earlier?.offset === position.offset ? earlier.since : clock.monotonic();
      still.set(keyOf(position), { offset: position.offset, since });
      if (clock.monotonic() - since < patienceMs) continue;
      still = new Map();
      report(position, position.offset, end.offset);
      return;
    }
  }

  function unknown(error: unknown): undefined {
    const now = clock.monotonic();
    unknownSince ??= now;
    if (stopped || now - unknownSince < patienceMs) return;
    unknownSince = now;
    logger.warn({ err: error }, 'Last stable offsets are unknown');
  }

  function report(partition: TopicPartition, offset: bigint, end: bigint): void {
    if (stopped) return;
    onStuck(new LogError('ERR_LOG_STUCK', `${keyOf(partition)} is still at ${offset} although its last stable offset is ${end}`));
  }

  function schedule(): void {
    if (stopped) return;
    cancel = clock.after(intervalMs, () => {
      void look().finally(schedule);
    });
  }

  function stop(): void {
    stopped = true;
    cancel();
  }

  schedule();
  return stop;
}
