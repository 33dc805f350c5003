import { type Clock, systemClock } from '../clock.ts';
import type { createFetcher, FetchedPartition } from '../fetch/fetcher.ts';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import type { Consumer, ConsumerOptions, Position } from '../log.ts';
import type { LogLogger } from '../logger.ts';
import type { OffsetRange } from '../reader/offset-range.ts';
import { pause, within } from '../retry.ts';
import { startCommitter } from './committer.ts';
import { type GroupReading, openGroupReading } from './group-reading.ts';
import { createOwnership, type Ownership, positionOf } from './ownership.ts';
import type { PartitionIntake } from './partition-intake.ts';
import { startWatchdog } from './watchdog.ts';

const SETTINGS = {
  protocol: 'switchboard-copartitioned',
  sessionTimeoutMs: 15_000,
  rebalanceTimeoutMs: 30_000,
  // A partition that waits for a due time fetches the records after it again, so little at a time. Room for a whole batch of an
  // appender; one of a transaction may be larger.
  limits: { maxWaitMs: 100, maxBytes: 10_485_760, maxBytesPerPartition: 262_144 },
};
const DEFAULT_DRAIN_MS = 10_000;
const DRAIN_POLL_MS = 20;
const LONGEST_COMMIT_MS = 5_000;

export interface ConsumerParts {
  readonly clock?: Clock;
  readonly createFetcher?: typeof createFetcher;
}

/**
 * Joins a group and hands records over without waiting for their work (`ConsumerOptions`). Resolves when the topics are
 * known and joining has begun; rejects with ERR_LOG_UNKNOWN_TOPIC when one does not exist.
 */
export async function createConsumer(
  client: KafkaClient,
  options: ConsumerOptions,
  { clock = systemClock, ...parts }: ConsumerParts = {},
): Promise<Consumer> {
  const { groupId, topics, instanceId } = options;
  const reading = await openGroupReading({
    client,
    groupId,
    topics,
    instanceId,
    ...SETTINGS,
    owned: () => [...new Set(running.ownership.assigned().map(({ partition }) => partition))],
    onAssigned: (...generation) => running.ownership.joined(...generation),
    onFetched: (fetched) => take(running.ownership, fetched),
    onOutOfRange: (position, range) => reposition(running.ownership, reading, position, range),
    onFatal: (error) => running.fail(error),
    clock,
    ...parts,
  });
  const running = runConsumer(options, reading, clock, client.logger);
  return running.consumer;
}

/** Hands over what can be; reading continues at the first record that must wait. */
function take(ownership: Ownership, { records, from, next, ...partition }: FetchedPartition): bigint {
  const intake = ownership.intake(partition);
  if (intake === undefined) return from;
  if (intake.offer(records)) {
    intake.skipTo(next);
    return next;
  }
  return intake.next() > from ? intake.next() : from;
}

/** Retention may have passed a slow reader: it continues where the log begins. */
function reposition(ownership: Ownership, reading: GroupReading, position: Position, { start, end }: OffsetRange): void {
  if (position.offset > end) {
    ownership.restart({ ...position, offset: start });
    return;
  }
  ownership.intake(position)?.skipTo(start);
  reading.seek(position.offset < start ? { ...position, offset: start } : position);
}

function runConsumer(options: ConsumerOptions, reading: GroupReading, clock: Clock, logger: LogLogger) {
  const { promise: done, resolve: finish, reject } = Promise.withResolvers<void>();
  done.catch(() => undefined);
  /** No more records are handed over. */
  let stopping = false;
  let ending: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;
  const ownership = createOwnership({
    options: { ...options, onRecord: guarded(options.onRecord), onLost: guarded(options.onLost ?? (() => undefined)) },
    reading: { ...reading, assign: (positions) => reading.assign(stopping ? [] : positions) },
    clock,
  });
  const committer = startCommitter({
    owned: ownership.intakes,
    async send(positions) {
      const member = ownership.member();
      if (member !== undefined) await reading.member.commit(member, positions);
    },
    clock,
    logger,
  });
  const stopWatchdog = startWatchdog({
    moving: () => (stopping ? [] : ownership.intakes().filter(isRead).map(positionOf)),
    ends: reading.ends,
    onStuck: fail,
    clock,
    logger,
  });

  const isRead = (intake: PartitionIntake): boolean => !intake.holding() && ownership.intake(intake) !== undefined;

  function guarded<Value>(handler: (value: Value) => void): (value: Value) => void {
    return (value) => {
      try {
        handler(value);
      } catch (error) {
        fail(new LogError('ERR_LOG_HANDLER_FAILED', 'a handler of the consumer threw', { cause: error }));
      }
    };
  }

  function fail(error: Error): void {
    if (ending !== undefined) return;
    logger.error({ err: error, groupId: options.groupId }, 'Consumer failed');
    reject(error);
    void end();
  }

  function end(): Promise<void> {
    ending ??= shutDown();
    return ending;
  }

  /** A last commit, out of the group, connections closed. */
  async function shutDown(): Promise<void> {
    stopping = true;
    stopWatchdog();
    await within(LONGEST_COMMIT_MS, committer.stop(), clock);
    ownership.close();
    await reading.stop();
  }

  async function stop(drainMs: number): Promise<void> {
    stopping = true;
    for (const intake of ownership.intakes()) intake.halt();
    reading.assign([]);
    const deadline = clock.monotonic() + drainMs;
    const isOpen = (): boolean => ownership.intakes().some((intake) => intake.open() > 0);
    while (ending === undefined && clock.monotonic() < deadline && isOpen()) await pause(DRAIN_POLL_MS, clock);
    await end();
    // Without effect after a failure.
    finish();
  }

  const consumer: Consumer = {
    assigned: ownership.assigned,
    healthy: () => ownership.everSettled() && reading.healthy() && ending === undefined,
    mayBegin: () => reading.member.mayOwn() && ending === undefined,
    stop({ drainMs = DEFAULT_DRAIN_MS } = {}) {
      stopped ??= stop(drainMs);
      return stopped;
    },
    done,
  };
  return { consumer, ownership, fail };
}
