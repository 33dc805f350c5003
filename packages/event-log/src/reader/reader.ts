import { systemClock } from '../clock.ts';
import { createFetcher, type FetchedPartition, type Fetcher } from '../fetch/fetcher.ts';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import { disconnectWithin } from '../kafkajs/cluster/disconnect-within.ts';
import { connectTo, openReadCluster, type ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { isTransient, rootFailure } from '../kafkajs/errors/failure.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import type { Position, Reader, ReaderOptions } from '../log.ts';
import type { LogLogger } from '../logger.ts';
import { keyOf } from '../partition-key.ts';
import { retryWhile } from '../retry.ts';
import { fatalFailure } from './fatal-failure.ts';
import { findOffsetRange } from './offset-range.ts';
import { createReadState, type ReadState } from './read-state.ts';
import { type StartPosition, startPositions } from './start-positions.ts';

const START_PAUSES_MS = [50, 100, 200, 500];
const START_FOR_MS = 10_000;
const MAX_WAIT_MS = 500;
const MAX_BYTES = 10_485_760;
const MAX_BYTES_PER_PARTITION = 1_048_576;
const LONGEST_DISCONNECT_MS = 1_000;

/**
 * Reads committed records of whole topics by fetching from their leaders, without a consumer group: no join, no
 * rebalance, nothing to delete. Resolves when the start positions are fixed, for which it tries 10 s. Continues through
 * broker failures indefinitely then; rejects with ERR_LOG_UNKNOWN_TOPIC when a topic does not exist.
 */
export async function createReader(client: KafkaClient, options: ReaderOptions): Promise<Reader> {
  const cluster = openReadCluster(client);
  try {
    const starts = await retryWhile(() => findStart(cluster, options), {
      retriable: (error) => isTransient(rootFailure(error)),
      pausesMs: START_PAUSES_MS,
      forMs: START_FOR_MS,
    });
    return new TopicReader(client, cluster, options, starts);
  } catch (error) {
    await cluster.disconnect();
    throw error;
  }
}

async function findStart(cluster: ReadCluster, { topics, from }: ReaderOptions): Promise<StartPosition[]> {
  await connectTo(cluster, topics);
  try {
    return await startPositions(cluster, topics, from);
  } catch (error) {
    // A broker may not lead a new topic's partition yet, or not any more.
    await cluster.refreshMetadata();
    throw error;
  }
}

class TopicReader implements Reader {
  readonly done: Promise<void>;
  readonly caughtUp: Promise<void>;
  readonly #cluster: ReadCluster;
  readonly #logger: LogLogger;
  readonly #options: ReaderOptions;
  readonly #state: ReadState;
  readonly #fetcher: Fetcher;
  readonly #end = Promise.withResolvers<void>();
  readonly #ending = new AbortController();
  readonly #onFailing = (error: unknown, failingForMs: number): void => {
    const fatal = fatalFailure(error, failingForMs, this.#options.topics);
    if (fatal !== undefined) this.#finish(fatal);
  };

  constructor({ logger }: KafkaClient, cluster: ReadCluster, options: ReaderOptions, starts: readonly StartPosition[]) {
    this.#cluster = cluster;
    this.#logger = logger;
    this.#options = options;
    this.#state = createReadState(starts);
    this.caughtUp = this.#state.caughtUp;
    this.done = this.#end.promise;
    this.done.catch(() => undefined);
    this.#fetcher = createFetcher({
      cluster,
      maxWaitMs: MAX_WAIT_MS,
      maxBytes: MAX_BYTES,
      // What all partitions together have of records that wait for their handler is bounded as well.
      maxBytesPerPartition: Math.min(MAX_BYTES_PER_PARTITION, Math.ceil(MAX_BYTES / Math.max(1, starts.length))),
      onFetched: (fetched) => this.#receive(fetched),
      onOutOfRange: (position) => void this.#reposition(position),
      onFailing: this.#onFailing,
      clock: systemClock,
      logger,
    });
    this.#fetcher.assign(starts);
  }

  async stop(): Promise<void> {
    this.#finish();
  }

  #receive({ topic, partition, records, next }: FetchedPartition): bigint {
    const position = { topic, partition, offset: next };
    const handled = records.length === 0 ? undefined : this.#handOver(records);
    if (handled === undefined) {
      this.#state.advance(position);
    } else {
      this.#fetcher.pause(position);
      void handled.then(() => {
        if (this.#ending.signal.aborted) return;
        this.#state.advance(position);
        this.#fetcher.resume(position);
      });
    }
    return next;
  }

  /** Retention may have passed a slow reader: it continues at the log start offset. A log end offset below the position is that of another topic of this name. */
  async #reposition(position: Position): Promise<void> {
    const current = (): boolean => !this.#ending.signal.aborted;
    const range = await findOffsetRange(position, {
      cluster: this.#cluster,
      current,
      onFailing: this.#onFailing,
      clock: systemClock,
      logger: this.#logger,
    });
    if (range === undefined) return;
    if (position.offset > range.end) {
      const message = `${keyOf(position)}: the reader is at ${position.offset}, the log end offset is ${range.end}`;
      this.#finish(new LogError('ERR_LOG_POSITION_LOST', message));
      return;
    }
    const found = position.offset < range.start ? { ...position, offset: range.start } : position;
    this.#state.advance(found);
    this.#fetcher.seek(found);
  }

  /** Never rejects: the reader ends where its handler fails. Undefined if the handler is done. */
  #handOver(records: FetchedPartition['records']): Promise<void> | undefined {
    const failed = (cause: unknown): void =>
      this.#finish(new LogError('ERR_LOG_HANDLER_FAILED', 'the handler of records threw', { cause }));
    try {
      return this.#options.onRecords(records)?.catch(failed);
    } catch (cause) {
      failed(cause);
      return undefined;
    }
  }

  #finish(error?: unknown): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    this.#state.abandon(error ?? new LogError('ERR_LOG_CLOSED', 'the reader was stopped before it caught up'));
    // A request in flight would connect again.
    void this.#fetcher.stop().then(() => disconnectWithin(this.#cluster, LONGEST_DISCONNECT_MS, systemClock));
    if (error === undefined) this.#end.resolve();
    else this.#end.reject(error);
  }
}
