import type { Clock } from '../clock.ts';
import type { ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import type { LogError } from '../kafkajs/errors/log-error.ts';
import type { LogRecord, Position, TopicPartition } from '../log.ts';
import type { LogLogger } from '../logger.ts';

/** What a response has of one partition. */
export interface FetchedPartition extends TopicPartition {
  /** Committed records at or above `from`, in offset order. */
  readonly records: readonly LogRecord[];
  /** The offset that was asked for. */
  readonly from: bigint;
  /** The offset to read next: no other committed record is between `from` and `next`. */
  readonly next: bigint;
}

export interface FetcherOptions {
  /** Connections for fetching only, connected, with the topics in its metadata. The owner disconnects it after `stop`. */
  readonly cluster: ReadCluster;
  /** How long a broker waits for records, milliseconds. */
  readonly maxWaitMs: number;
  /** Most bytes of a response; a single batch may exceed it. */
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
  /** Called synchronously. Returns the offset from which reading continues: `next`, or a lower one if not all records were taken. */
  readonly onFetched: (fetched: FetchedPartition) => bigint;
  /**
   * The log does not have the position: retention passed it, or the log ends below it. The partition is not read before the
   * owner has found another position and called `seek`.
   */
  readonly onOutOfRange: (position: Position) => void;
  /** The record batch at the position cannot be read. The partition is tried again with backoff; other partitions continue. */
  readonly onUnreadable?: (position: Position, error: LogError) => void;
  /** A broker responded, with or without records. */
  readonly onHeard?: () => void;
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

export function createFetcher(_options: FetcherOptions): Fetcher {
  throw new Error('createFetcher is not written yet');
}
