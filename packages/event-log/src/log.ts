/** A Kafka header; values are bytes. */
export type Header = readonly [name: string, value: Buffer];

/** A record as read. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly Header[];
}

/** A record to append. The partition is murmur2 of the key unless given. */
export interface OutRecord {
  readonly topic: string;
  readonly key: Buffer;
  readonly value: Buffer | null;
  readonly headers?: readonly Header[];
  /** Milliseconds since the epoch; now unless given. */
  readonly timestamp?: number;
  readonly partition?: number;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface Position extends TopicPartition {
  readonly offset: bigint;
}

/** Closed list of what can go wrong in the log. */
export type LogErrorCode =
  /** Too many records or bytes wait already; nothing was sent. */
  | 'ERR_LOG_QUEUE_FULL'
  /** The deadline passed before the acknowledgement; the record may still be written. */
  | 'ERR_LOG_OUTCOME_UNKNOWN'
  /** The cluster is unreachable and the breaker is open; nothing was sent. */
  | 'ERR_LOG_UNAVAILABLE'
  /** The record exceeds the topic's limit; nothing was sent. */
  | 'ERR_LOG_RECORD_TOO_LARGE'
  /** The topic does not exist. */
  | 'ERR_LOG_UNKNOWN_TOPIC'
  /** A newer holder of the same transactional id exists. A processor continues under another id: INSTANCE_ID must be unique. */
  | 'ERR_LOG_FENCED'
  /** The member is no longer in the group's current generation: its transaction was refused, and another member processes its partitions. */
  | 'ERR_LOG_NOT_MEMBER'
  /** The group will never take the member: it has no right to it, or the broker refuses the session timeout or the name of the group. */
  | 'ERR_LOG_GROUP_REFUSED'
  /** A transaction did not end within its time; nothing of it is visible. The processor tries again with fewer records. */
  | 'ERR_LOG_TRANSACTION_TIMED_OUT'
  /** A newer version committed the offset of a record that it had not finished: only that version can continue it. */
  | 'ERR_LOG_NEWER_CURSOR'
  /** A processor found output but no committed offset, or one that the log no longer has. */
  | 'ERR_LOG_OFFSETS_LOST'
  /** The topic no longer has the position of a reader: it was created again, or its records were deleted. */
  | 'ERR_LOG_POSITION_LOST'
  /** A record batch is corrupt, or compressed with a codec that is not known. */
  | 'ERR_LOG_UNREADABLE'
  /** A consumer makes no progress although there are records for it. */
  | 'ERR_LOG_STUCK'
  /** A handler of records threw. */
  | 'ERR_LOG_HANDLER_FAILED'
  /** A topic exists with another number of partitions than declared. */
  | 'ERR_LOG_PARTITION_COUNT'
  /** stop() was called. */
  | 'ERR_LOG_CLOSED';

export type AppendOutcome =
  | { readonly ok: true; readonly position: Position }
  | { readonly ok: false; readonly code: LogErrorCode; readonly cause?: unknown };

/** Appends records, each acknowledged by all in-sync replicas. Micro-batched; safe to call concurrently. */
export interface Appender {
  /**
   * Resolves, never rejects. `deadlineMs`, default 30,000, ends the wait, never a batch that was sent: its record may still
   * be written. A record that was not sent by then never is (ERR_LOG_UNAVAILABLE).
   */
  append(record: OutRecord, options?: { readonly deadlineMs?: number }): Promise<AppendOutcome>;
  /** False while the breaker is open or before the first connection. */
  available(): boolean;
  /**
   * Waits up to `drainMs`, default 1,000, for what is in flight, then disconnects. A record that was sent and not acknowledged
   * by then may still be written (ERR_LOG_OUTCOME_UNKNOWN); one that was not sent never is (ERR_LOG_CLOSED).
   */
  stop(options?: { readonly drainMs?: number }): Promise<void>;
}

/** Partitions that `offsets` does not name are read from the beginning; an offset below the log's begin counts as that. */
export type ReadFrom = 'beginning' | 'end' | { readonly timestamp: number } | { readonly offsets: readonly Position[] };

/** Reads whole topics without a group: every record of every partition, in partition order. */
export interface Reader {
  /** Resolves when all that stood in the topics at the start has been handed over; rejects when the reader ends before. */
  readonly caughtUp: Promise<void>;
  /** Rejects when the reader cannot go on; resolves after stop. */
  readonly done: Promise<void>;
  /** No hand-over begins after it; one that has begun is not waited for, so that a handler may call it. */
  stop(): Promise<void>;
}

export interface ReaderOptions {
  readonly topics: readonly string[];
  readonly from: ReadFrom;
  /** Awaited before the next batch of the same partition. */
  readonly onRecords: (records: readonly LogRecord[]) => void | Promise<void>;
}

export interface LogAdmin {
  /** End offsets (next offset to be written) of all partitions. */
  endOffsets(topic: string): Promise<readonly Position[]>;
  beginOffsets(topic: string): Promise<readonly Position[]>;
  /** Committed offsets of a group; partitions without one are absent. */
  committed(groupId: string, topic: string): Promise<readonly (Position & { readonly metadata: string })[]>;
  stop(): Promise<void>;
}

/** What both the Kafka log and the in-memory log offer. */
export interface EventLog {
  appender(options?: AppenderOptions): Promise<Appender>;
  reader(options: ReaderOptions): Promise<Reader>;
  consumer(options: ConsumerOptions): Promise<Consumer>;
  admin(): Promise<LogAdmin>;
}

export interface AppenderOptions {
  /** Most records that wait; more are refused with ERR_LOG_QUEUE_FULL. Default 20,000. */
  readonly maxQueuedRecords?: number;
  /** Most bytes that wait. Default 64 MiB. */
  readonly maxQueuedBytes?: number;
  /** Least time between two rounds of requests with less than 32 records, milliseconds. Default 10. */
  readonly intervalMs?: number;
}

/** A record whose work may end later and out of order. */
export interface Delivered {
  readonly record: LogRecord;
  /** Call once when the work is durable: its offset may then be committed. */
  done(): void;
}

export interface ConsumerOptions {
  readonly groupId: string;
  /** As of a processor: a restart within 15 s continues with the partitions, and no other member notices. Default: leaves when it stops. */
  readonly instanceId?: string | undefined;
  readonly topics: readonly string[];
  /** Must return at once: it only enqueues. */
  readonly onRecord: (delivered: Delivered) => void;
  /** Milliseconds since the epoch before which the record must not be handed over; the partition pauses until then. */
  readonly dueAt?: (record: LogRecord) => number | undefined;
  /**
   * Called when partitions have gone to another member, or may have for a while because the group continued without this one:
   * work queued for them, not yet begun, should be dropped. A partition that this member is given again is handed over again
   * from the committed offset, after this call.
   */
  readonly onLost?: (partitions: readonly TopicPartition[]) => void;
  /** Most records of a partition handed over and not done; the partition pauses there. Default 1,000. */
  readonly maxOpenPerPartition?: number;
  /** Most bytes of a partition handed over and not done, keys and headers with them; one record alone may exceed it. Default 2 MiB. */
  readonly maxOpenBytesPerPartition?: number;
}

/** A consumer of a group that commits a contiguous low-water mark, with the gaps in the offset metadata. */
export interface Consumer {
  /** Partitions owned now. */
  assigned(): readonly TopicPartition[];
  /**
   * False before the first assignment, while the group has not had this member for 75 s or a partition has not begun for 60 s, and
   * after it ended, as when the watchdog found it stuck.
   */
  healthy(): boolean;
  /**
   * False while the group rebalances, and without a heartbeat for 15 s, with an instance id for 7 s: another member may have the
   * partitions. Queued work should not be begun then; work that was begun may continue.
   */
  mayBegin(): boolean;
  /** Stops intake, waits up to `drainMs` for what is open, commits, leaves the group. */
  stop(options?: { readonly drainMs?: number }): Promise<void>;
  readonly done: Promise<void>;
}

/** A part of what `process` makes of a record: its output records are committed together or not at all. */
export interface Step {
  readonly records: readonly OutRecord[];
  /**
   * Continues the record after this step, should a transaction end here: 1 to 1,024 bytes of UTF-8. Absent on the last step
   * of a record.
   */
  readonly cursor?: string;
}

/** What ends a transaction, whichever is reached first. A step that exceeds a bound on its own is committed alone. */
export interface TransactionBounds {
  /** Output records. */
  readonly maxRecords: number;
  /** Output bytes: keys, values and headers. */
  readonly maxBytes: number;
  /** Milliseconds from the first step to the last. */
  readonly maxAgeMs: number;
}

export interface ProcessorOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /**
   * The output of an input record, in steps. Output and the offset after it, or the offset of the record with the cursor of
   * its last committed step, are in one transaction. `cursor` is given for a record whose steps up to it are committed: the
   * steps after it follow. The steps may be asked for in several transactions; after a failure `process` is called again with
   * the committed cursor. A throw drops what the transaction has of that partition, which waits with backoff; an error whose
   * `fatal` is true ends the processor. A step that computes for more than some milliseconds blocks the process.
   */
  readonly process: (record: LogRecord, cursor: string | undefined) => Iterable<Step> | AsyncIterable<Step>;
  /**
   * Called before the first record of a partition that was assigned, and again when `process` threw or another member has processed
   * records: rebuild what `process` keeps in memory of this partition. `at` is the next offset to be processed, or to be continued;
   * `readBack` reads earlier records, in order, some at a time; it throws where it cannot read all of them.
   */
  readonly onFenced?: (at: Position, readBack: (fromOffset: bigint) => AsyncIterable<readonly LogRecord[]>) => void | Promise<void>;
  /** Called when the group refused a transaction: the member is no longer in its current generation, for example after a pause of the process. */
  readonly onTakenOver?: () => void;
  /** Called when a transaction did not end within its time. Nothing of it is visible; it is tried again with half of its records. */
  readonly onTimedOut?: () => void;
  /** Default: 2,000 records, 4 MiB, 1 s. */
  readonly bounds?: Partial<TransactionBounds>;
  /**
   * What to do without a committed offset. `fail`, the default, stops with ERR_LOG_OFFSETS_LOST if the group has none at all and an
   * output topic is not empty, or if the log no longer had the one of a partition; else it begins at the beginning.
   */
  readonly withoutOffset?: 'fail' | 'beginning' | 'end';
  readonly outputTopics: readonly string[];
  /**
   * Names the member in its group and the slot of the transactional id, `<group>.<slot>`; the same after a restart, and no other
   * process's at a time. A restart then ends at once what the process had begun, else that takes the time of a transaction. The member
   * stays in the group when it stops: a restart within 9 s continues with its partitions. Default: another at each start.
   */
  readonly instanceId?: string | undefined;
}

/** Consume, transform, produce, exactly once: one transaction at a time over all partitions of the process. Kafka only. */
export interface Processor {
  assigned(): readonly TopicPartition[];
  healthy(): boolean;
  stop(): Promise<void>;
  /** Rejects when the processor must not go on, for example ERR_LOG_OFFSETS_LOST. */
  readonly done: Promise<void>;
}
