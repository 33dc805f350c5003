import type { Clock } from '../clock.ts';
import { REQUEST_TIMEOUT_MS, type ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import type { Position, TopicPartition } from '../log.ts';
import type { LogLogger } from '../logger.ts';
import { keyOf } from '../partition-key.ts';
import { within } from '../retry.ts';
import { ResponseError } from '../wire/ask-broker.ts';
import type { FetchLimits, PartitionResponse } from '../wire/fetch.ts';
import { readBatches } from '../wire/read-batches.ts';
import { type Backoff, createBackoff } from './backoff.ts';
import { type BrokerLoop, createBrokerLoop } from './broker-loop.ts';
import type { FetchedPartition } from './fetched-partition.ts';
import { createLeaders, type Leaders } from './leaders.ts';
import { mayPass } from './may-pass.ts';

export type { FetchedPartition } from './fetched-partition.ts';

export interface FetcherOptions extends FetchLimits {
  /** Connections for fetching only, connected, with the topics in its metadata. The owner disconnects it after `stop`. */
  readonly cluster: ReadCluster;
  /** Called synchronously. Returns the offset from which reading continues: `next`, or a lower one if not all records were taken. */
  readonly onFetched: (fetched: FetchedPartition) => bigint;
  /**
   * The partition does not have the position: retention passed it, or the log end offset is below it. The partition is not read
   * before the owner has found another position and called `seek`.
   */
  readonly onOutOfRange: (position: Position) => void;
  /**
   * A broker or one partition fails, for `failingForMs` by now, and is tried again: ResponseError, an error of kafkajs, LogError with
   * ERR_LOG_UNREADABLE, or with ERR_LOG_HANDLER_FAILED and Infinity if `onFetched` or `onOutOfRange` threw.
   */
  readonly onFailing: (error: unknown, failingForMs: number) => void;
  readonly clock: Clock;
  readonly logger: LogLogger;
}

/** Reads committed records of given partitions from their leaders. Calls nothing of its options after `stop` was called. */
export interface Fetcher {
  /** Reads exactly these partitions from now on, none of them paused. Responses to earlier requests are dropped. */
  assign(positions: readonly Position[]): void;
  /** Continues at the position; the response to an earlier request is dropped. Does not end a pause. */
  seek(position: Position): void;
  /** No records are handed over before `resume`. */
  pause(partition: TopicPartition): void;
  resume(partition: TopicPartition): void;
  /** Resolves when no request is in flight; no later than the request timeout of the cluster. */
  stop(): Promise<void>;
}

const LOST_AGAIN_MS = 1_000;
const OFFSET_OUT_OF_RANGE = 1;
const CORRUPT_MESSAGE = 2;
const LEADER_NOT_AVAILABLE = 5;

/** A partition from one position on: `seek` replaces it, so that a response to an earlier request is recognized. */
interface Reading {
  position: Position;
  paused: boolean;
  /** The partition does not have the position. */
  lost: boolean;
  readonly backoff: Backoff;
}

export function createFetcher(options: FetcherOptions): Fetcher {
  return new LeaderFetcher(options);
}

class LeaderFetcher implements Fetcher {
  readonly #options: FetcherOptions;
  readonly #leaders: Leaders;
  /** By node id. */
  readonly #brokers = new Map<number, { readonly loop: BrokerLoop; readonly backoff: Backoff }>();
  /** By `keyOf`, in the order in which they are asked for. */
  #partitions = new Map<string, Reading>();
  #stopped = false;

  constructor(options: FetcherOptions) {
    this.#options = options;
    const { cluster, clock, logger } = options;
    this.#leaders = createLeaders({
      cluster,
      clock,
      onChanged: () => this.#schedule(),
      onFailed: (error) => logger.debug({ error: String(error) }, 'Metadata refresh failed'),
    });
  }

  assign(positions: readonly Position[]): void {
    for (const { backoff } of this.#partitions.values()) backoff.cancel();
    this.#partitions = new Map(positions.map((position) => [keyOf(position), this.#createReading(position)]));
    this.#schedule();
  }

  seek(position: Position): void {
    const before = this.#partitions.get(keyOf(position));
    if (before === undefined) return;
    before.backoff.cancel();
    const reading = { ...this.#createReading(position), paused: before.paused };
    // A broker that refuses the same position again and again is not asked in a loop.
    if (before.lost && before.position.offset === position.offset) reading.backoff.wait(LOST_AGAIN_MS);
    this.#partitions.set(keyOf(position), reading);
    this.#schedule();
  }

  pause(partition: TopicPartition): void {
    const reading = this.#partitions.get(keyOf(partition));
    if (reading === undefined) return;
    reading.paused = true;
    // The time of the pause is none of a failure.
    reading.backoff.succeed();
  }

  resume(partition: TopicPartition): void {
    const reading = this.#partitions.get(keyOf(partition));
    if (reading?.paused !== true) return;
    reading.paused = false;
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const refreshed = this.#leaders.stop();
    const brokers = [...this.#brokers.values()];
    for (const { backoff } of [...this.#partitions.values(), ...brokers]) backoff.cancel();
    await within(REQUEST_TIMEOUT_MS, Promise.all([refreshed, ...brokers.map(({ loop }) => loop.ended())]), this.#options.clock);
  }

  #createReading(position: Position): Reading {
    const backoff = createBackoff(this.#options.clock, () => this.#schedule());
    return { position, paused: false, lost: false, backoff };
  }

  /** Starts the loop of each broker that leads a partition to be read. Called whenever there may be more of these. */
  #schedule(): void {
    if (this.#stopped) return;
    const leaders = new Set<number>();
    for (const reading of [...this.#partitions.values()]) {
      if (this.#stopped || !isWanted(reading)) continue;
      const leader = this.#leaders.of(reading.position);
      if (leader === undefined) this.#fail(reading, new ResponseError('Metadata', LEADER_NOT_AVAILABLE));
      else leaders.add(leader);
    }
    for (const leader of leaders) this.#loopOf(leader).start();
    // The next failure of a broker that is not read from now is its first.
    for (const [nodeId, { backoff }] of this.#brokers) if (!leaders.has(nodeId) && !backoff.waiting) backoff.succeed();
  }

  #loopOf(nodeId: number): BrokerLoop {
    const found = this.#brokers.get(nodeId);
    if (found !== undefined) return found.loop;
    const { cluster, clock, logger } = this.#options;
    const backoff = createBackoff(clock, () => this.#schedule());
    const loop = createBrokerLoop<Reading>({
      cluster,
      nodeId,
      settings: this.#options,
      backoff,
      stopped: () => this.#stopped,
      wanted: () => [...this.#partitions.values()].filter((each) => isWanted(each) && this.#leaders.of(each.position) === nodeId),
      onResponse: (reading, position, data) => this.#guarded(reading, () => this.#receive(nodeId, reading, position, data)),
      onFailed: (error) => {
        logger.debug({ nodeId, error: String(error), failingForMs: backoff.failingForMs }, 'Fetch failed');
        this.#leaders.refresh();
        this.#report(error, backoff.failingForMs);
      },
    });
    this.#brokers.set(nodeId, { loop, backoff });
    return loop;
  }

  #receive(nodeId: number, reading: Reading, position: Position, data: PartitionResponse): void {
    // Another position was sought, or another broker was asked for the same one after the leader had moved.
    if (this.#partitions.get(keyOf(position)) !== reading || reading.position !== position || reading.paused) return;
    if (data.errorCode !== 0) {
      if (this.#leaders.of(position) === nodeId) this.#refused(reading, data.errorCode);
      return;
    }
    const { records, next, unreadable } = readBatches(data.batches, position, data);
    const { topic, partition, offset: from } = position;
    // A broker sends the first batch whole, whatever its size, or nothing (KIP-74).
    const stalled = unreadable === undefined && next === from && data.batches.length > 0;
    if (stalled) this.#fail(reading, unreadableAt(position, 'the response has no whole batch below the last stable offset'));
    else if (unreadable === undefined || next > from) reading.backoff.succeed();
    if (next > from) this.#handOver(reading, { topic, partition, records, from, next });
    // The owner that did not take all records is not at the batch yet.
    if (unreadable !== undefined && reading.position.offset === next) this.#unreadable(reading, unreadable);
  }

  /** An error of the owner is none of the broker. */
  #guarded(reading: Reading, action: () => void): void {
    try {
      action();
    } catch (cause) {
      reading.backoff.fail(false);
      this.#report(new LogError('ERR_LOG_HANDLER_FAILED', 'a handler of fetched records threw', { cause }), Number.POSITIVE_INFINITY);
    }
  }

  #report(error: unknown, failingForMs: number): void {
    try {
      this.#options.onFailing(error, failingForMs);
    } catch (thrown) {
      this.#options.logger.error({ err: thrown }, 'Handler of fetch failures threw');
    }
  }

  #handOver(reading: Reading, fetched: FetchedPartition): void {
    const { topic, partition } = fetched;
    // Those that brought something are asked for last: a response has room for the others first (KIP-74).
    this.#partitions.delete(keyOf(fetched));
    this.#partitions.set(keyOf(fetched), reading);
    reading.position = { topic, partition, offset: this.#options.onFetched(fetched) };
  }

  #refused(reading: Reading, errorCode: number): void {
    const { position } = reading;
    if (errorCode === OFFSET_OUT_OF_RANGE) {
      reading.lost = true;
      this.#options.onOutOfRange(position);
    } else if (errorCode === CORRUPT_MESSAGE) {
      this.#unreadable(reading, unreadableAt(position, 'its broker cannot read it'));
    } else {
      this.#fail(reading, new ResponseError('Fetch', errorCode));
    }
  }

  #unreadable(reading: Reading, error: LogError): void {
    const { position } = reading;
    // The owner may have sought another position, or stopped, when it took the records before the batch.
    if (this.#stopped || this.#partitions.get(keyOf(position)) !== reading) return;
    if (this.#fail(reading, error)) this.#options.logger.warn({ ...position, error: error.message }, 'Record batch is unreadable');
  }

  /** The partition waits; the others continue. True for the first failure in a row. */
  #fail({ backoff }: Reading, error: unknown): boolean {
    const isFirst = backoff.fail(mayPass(error));
    this.#leaders.refresh();
    this.#report(error, backoff.failingForMs);
    return isFirst;
  }
}

function isWanted({ paused, lost, backoff }: Reading): boolean {
  return !paused && !lost && !backoff.waiting;
}

function unreadableAt({ topic, partition, offset }: Position, cause: string): LogError {
  return new LogError('ERR_LOG_UNREADABLE', `${topic}/${partition}: the batch at offset ${offset} is unreadable: ${cause}`);
}
