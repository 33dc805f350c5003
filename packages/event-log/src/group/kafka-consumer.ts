import { type Clock, systemClock } from '../clock.ts';
import { createFetcher as createRealFetcher, type FetchedPartition, type Fetcher } from '../fetch/fetcher.ts';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import { disconnectWithin } from '../kafkajs/cluster/disconnect-within.ts';
import { connectTo, openReadCluster, type ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { renewConnections } from '../kafkajs/cluster/renew-connections.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import type { Consumer, ConsumerOptions, Position, TopicPartition } from '../log.ts';
import { openGroupCluster } from '../member/group-cluster.ts';
import { startMember } from '../member/member.ts';
import type { Member } from '../member/member-options.ts';
import { findOffsetRange } from '../reader/offset-range.ts';
import { offsetsOf } from '../reader/start-positions.ts';
import { pause, within } from '../retry.ts';
import { startCommitter } from './committer.ts';
import { createOwnership, type Ownership, positionOf } from './ownership.ts';
import { startWatchdog } from './watchdog.ts';

const PROTOCOL = 'switchboard-copartitioned';
const SESSION_TIMEOUT_MS = 15_000;
const REBALANCE_TIMEOUT_MS = 30_000;
/**
 * A partition that waits for a due time fetches the records after it again, so little at a time. Room for a whole batch of an
 * appender; one of a transaction may be larger.
 */
const FETCH_LIMITS = { maxWaitMs: 100, maxBytes: 10_485_760, maxBytesPerPartition: 262_144 };

const DEFAULT_DRAIN_MS = 10_000;
const DRAIN_POLL_MS = 20;
const LONGEST_COMMIT_MS = 5_000;
const LONGEST_DISCONNECT_MS = 1_000;

export interface ConsumerParts {
  readonly clock?: Clock;
  readonly createFetcher?: typeof createRealFetcher;
}

/**
 * Joins a group and hands records over without waiting for their work (`ConsumerOptions`). Resolves when the topics are
 * known and joining has begun; rejects with ERR_LOG_UNKNOWN_TOPIC when one does not exist.
 */
export async function createConsumer(
  client: KafkaClient,
  options: ConsumerOptions,
  { clock = systemClock, createFetcher = createRealFetcher }: ConsumerParts = {},
): Promise<Consumer> {
  const [cluster, fetching] = [openReadCluster(client), openReadCluster(client)];
  try {
    await Promise.all([connectTo(cluster, options.topics), connectTo(fetching, options.topics)]);
  } catch (error) {
    await Promise.allSettled([cluster.disconnect(), fetching.disconnect()]);
    throw error;
  }
  const consumer = new GroupConsumer(client, options, { cluster, fetching, clock, createFetcher });
  return {
    assigned: () => consumer.assigned(),
    healthy: () => consumer.healthy(),
    mayBegin: () => consumer.mayBegin(),
    stop: (drain) => consumer.stop(drain),
    done: consumer.done,
  };
}

interface Parts {
  /** For look-ups of offsets. */
  readonly cluster: ReadCluster;
  readonly fetching: ReadCluster;
  readonly clock: Clock;
  readonly createFetcher: typeof createRealFetcher;
}

class GroupConsumer {
  readonly done: Promise<void>;
  readonly #client: KafkaClient;
  readonly #options: ConsumerOptions;
  readonly #parts: Parts;
  readonly #fetcher: Fetcher;
  readonly #member: Member;
  readonly #ownership: Ownership;
  readonly #committer: ReturnType<typeof startCommitter>;
  readonly #stopWatchdog: () => void;
  readonly #outcome = Promise.withResolvers<void>();
  /** No more records are handed over. */
  #stopping = false;
  #ending: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(client: KafkaClient, options: ConsumerOptions, parts: Parts) {
    this.#client = client;
    this.#options = options;
    this.#parts = parts;
    this.done = this.#outcome.promise;
    this.done.catch(() => undefined);
    const { cluster, clock } = parts;
    const { logger } = client;
    this.#fetcher = this.#openFetcher();
    this.#member = this.#join();
    this.#ownership = createOwnership({
      options: {
        ...options,
        onRecord: this.#guarded(options.onRecord),
        onLost: this.#guarded(options.onLost ?? (() => undefined)),
      },
      cluster,
      group: this.#member,
      assign: (positions) => this.#fetcher.assign(this.#stopping ? [] : positions),
      fetcher: this.#fetcher,
      clock,
      logger,
    });
    this.#committer = startCommitter({
      owned: () => this.#ownership.intakes(),
      send: async (positions) => {
        const member = this.#ownership.member();
        if (member !== undefined) await this.#member.commit(member, positions);
      },
      clock,
      logger,
    });
    this.#stopWatchdog = startWatchdog({
      moving: () => (this.#stopping ? [] : this.#ownership.intakes().flatMap((each) => (each.holding() ? [] : [positionOf(each)]))),
      ends: () => this.#logEnds(),
      onStuck: (error) => this.#fail(error),
      clock,
    });
  }

  assigned(): readonly TopicPartition[] {
    return this.#ownership.assigned();
  }

  healthy(): boolean {
    return this.#ownership.everSettled() && this.#ending === undefined;
  }

  mayBegin(): boolean {
    return this.#member.mayOwn() && this.#ending === undefined;
  }

  stop({ drainMs = DEFAULT_DRAIN_MS } = {}): Promise<void> {
    this.#stopped ??= this.#stop(drainMs);
    return this.#stopped;
  }

  #openFetcher(): Fetcher {
    const { fetching, clock, createFetcher } = this.#parts;
    return createFetcher({
      cluster: fetching,
      ...FETCH_LIMITS,
      onFetched: (fetched) => this.#take(fetched),
      onOutOfRange: (position) => void this.#reposition(position),
      clock,
      logger: this.#client.logger,
    });
  }

  #join(): Member {
    const { groupId, topics, instanceId } = this.#options;
    return startMember({
      cluster: openGroupCluster(this.#client, SESSION_TIMEOUT_MS),
      groupId,
      topics,
      protocol: PROTOCOL,
      instanceId,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
      owned: () => [...new Set(this.#ownership.assigned().map(({ partition }) => partition))],
      onAssigned: (partitions, member) => this.#ownership.joined(partitions, member),
      onFatal: (error) => this.#fail(error),
      clock: this.#parts.clock,
      logger: this.#client.logger,
    });
  }

  /** Hands over what can be; reading continues at the first record that must wait. */
  #take({ records, from, next, ...partition }: FetchedPartition): bigint {
    const intake = this.#ownership.intake(partition);
    if (intake === undefined) return from;
    if (intake.offer(records)) {
      intake.skipTo(next);
      return next;
    }
    return intake.next() > from ? intake.next() : from;
  }

  /** Retention may have passed a slow reader: it continues where the log begins. */
  async #reposition(position: Position): Promise<void> {
    const { cluster, clock } = this.#parts;
    const intake = this.#ownership.intake(position);
    const current = (): boolean => intake !== undefined && this.#ownership.intake(position) === intake && !this.#stopping;
    const range = await findOffsetRange(position, { cluster, current, clock, logger: this.#client.logger });
    if (range === undefined || intake === undefined) return;
    if (position.offset > range.end) {
      this.#ownership.restart({ ...position, offset: range.start });
      return;
    }
    intake.skipTo(range.start);
    this.#fetcher.seek({ ...position, offset: position.offset < range.start ? range.start : position.offset });
  }

  async #logEnds(): Promise<ReadonlyMap<string, Position>> {
    const { cluster } = this.#parts;
    try {
      await cluster.refreshMetadata();
      return await offsetsOf(cluster, this.#options.topics, { fromBeginning: false });
    } catch (error) {
      renewConnections(cluster, error);
      throw error;
    }
  }

  #guarded<Value>(handler: (value: Value) => void): (value: Value) => void {
    return (value) => {
      try {
        handler(value);
      } catch (error) {
        this.#fail(new LogError('ERR_LOG_HANDLER_FAILED', 'a handler of the consumer threw', { cause: error }));
      }
    };
  }

  #fail(error: Error): void {
    if (this.#ending !== undefined) return;
    this.#client.logger.error({ err: error, groupId: this.#options.groupId }, 'Consumer failed');
    this.#outcome.reject(error);
    void this.#end();
  }

  #end(): Promise<void> {
    this.#ending ??= this.#shutDown();
    return this.#ending;
  }

  /** A last commit, out of the group, connections closed. */
  async #shutDown(): Promise<void> {
    const { cluster, fetching, clock } = this.#parts;
    this.#stopping = true;
    this.#stopWatchdog();
    await within(LONGEST_COMMIT_MS, this.#committer.stop(), clock);
    this.#ownership.close();
    await Promise.all([this.#member.stop(), this.#fetcher.stop()]);
    await Promise.all([cluster, fetching].map((each) => disconnectWithin(each, LONGEST_DISCONNECT_MS, clock)));
  }

  async #stop(drainMs: number): Promise<void> {
    const { clock } = this.#parts;
    this.#stopping = true;
    for (const intake of this.#ownership.intakes()) intake.halt();
    this.#fetcher.assign([]);
    const deadline = clock.monotonic() + drainMs;
    const isOpen = (): boolean => this.#ownership.intakes().some((intake) => intake.open() > 0);
    while (this.#ending === undefined && clock.monotonic() < deadline && isOpen()) await pause(DRAIN_POLL_MS, clock);
    await this.#end();
    // Without effect after a failure.
    this.#outcome.resolve();
  }
}
