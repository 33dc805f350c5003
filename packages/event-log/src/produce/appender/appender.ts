import { type Clock, systemClock } from '../../clock.ts';
import type { KafkaClient } from '../../kafkajs/client/client.ts';
import type { Appender, AppenderOptions, AppendOutcome, OutRecord } from '../../log.ts';
import type { LogLogger } from '../../logger.ts';
import { partitionOf } from '../../partition-of.ts';
import { pause } from '../../retry.ts';
import { recordSize } from '../../wire/record-batch.ts';
import { Batcher } from './batcher.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import type { Entry } from './entry.ts';
import { createPartitionCounts, type PartitionCounts } from './partition-counts.ts';
import { type OpenProducerSession, producerSessions } from './producer-session.ts';
import { createReconnector, type Reconnector } from './reconnector.ts';

const MAX_QUEUED_RECORDS = 20_000;
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
const INTERVAL_MS = 10;
/** The longest wait of a caller that sets none. */
const DEADLINE_MS = 30_000;
/** Of the 15 s in which a service stops, the delivery service may have spent 13 on its last attempts and writes. */
const DRAIN_MS = 1_000;
/** What every topic takes; the 61 bytes of a batch's header count. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024 - 61;
const BREAKER = { afterFailures: 3, afterMs: 1_000 };

export interface AppenderParts {
  readonly openSession: OpenProducerSession;
  readonly logger: LogLogger;
  readonly clock?: Clock;
}

/** An appender over Kafka. Resolves after the first attempt to connect, successful or not; it keeps trying. */
export async function createAppender(client: KafkaClient, options: AppenderOptions = {}): Promise<Appender> {
  return startAppender({ openSession: producerSessions(client), logger: client.logger }, options);
}

export async function startAppender(parts: AppenderParts, options: AppenderOptions = {}): Promise<Appender> {
  const appender = new QueueingAppender(parts, options);
  await appender.connectedOnce();
  return {
    append: (record, appendOptions) => appender.append(record, appendOptions?.deadlineMs),
    available: () => appender.available(),
    stop: (stopOptions) => appender.stop(stopOptions?.drainMs),
  };
}

/** Admits records, follows each one to its outcome or its deadline, and leaves the batches to the batcher. */
class QueueingAppender {
  readonly #maxQueuedRecords: number;
  readonly #maxQueuedBytes: number;
  readonly #intervalMs: number;
  readonly #clock: Clock;
  readonly #breaker: Breaker;
  readonly #connection: Reconnector;
  readonly #counts: PartitionCounts;
  readonly #batcher: Batcher;
  #queuedRecords = 0;
  #queuedBytes = 0;
  #stopping = false;

  constructor({ openSession, logger, clock = systemClock }: AppenderParts, options: AppenderOptions) {
    this.#maxQueuedRecords = options.maxQueuedRecords ?? MAX_QUEUED_RECORDS;
    this.#maxQueuedBytes = options.maxQueuedBytes ?? MAX_QUEUED_BYTES;
    this.#intervalMs = options.intervalMs ?? INTERVAL_MS;
    this.#clock = clock;
    this.#breaker = createBreaker({
      clock,
      ...BREAKER,
      onChange: (open) =>
        logger.warn({ open, queuedRecords: this.#queuedRecords }, open ? 'Kafka is unavailable' : 'Kafka may be available again'),
    });
    this.#connection = createReconnector({ openSession, logger, clock, breaker: this.#breaker, onOpen: () => this.#batcher.flush() });
    this.#counts = createPartitionCounts({
      connection: this.#connection,
      clock,
      onFailure: () => this.#breaker.failed(),
      onPlaced: (entry, partitions) => this.#place(entry, partitions),
      onUnknown: (entry) => this.#finish(entry, { ok: false, code: 'ERR_LOG_UNKNOWN_TOPIC' }),
    });
    this.#batcher = new Batcher({
      connection: this.#connection,
      clock,
      logger,
      intervalMs: this.#intervalMs,
      finish: (entry, outcome) => this.#finish(entry, outcome),
      onRefused: (topic) => this.#counts.doubt(topic),
    });
  }

  /** Resolves when the first attempt to connect has ended. */
  connectedOnce(): Promise<void> {
    return this.#connection.firstAttempt;
  }

  available(): boolean {
    return this.#connection.session() !== undefined && !this.#breaker.open();
  }

  append(outRecord: OutRecord, deadlineMs = DEADLINE_MS): Promise<AppendOutcome> {
    const { topic, key, value, headers = [], timestamp = Date.now(), partition } = outRecord;
    const record = { key, value, headers, timestamp };
    const bytes = recordSize(record);
    const admitted = this.#admit(topic, bytes);
    if (typeof admitted === 'object') return Promise.resolve(admitted);
    this.#queuedRecords += 1;
    this.#queuedBytes += bytes;
    return new Promise((resolve) => {
      const entry: Entry = {
        topic,
        key,
        partition,
        record,
        bytes,
        sent: false,
        alone: false,
        queue: undefined,
        responded: false,
        finished: false,
        respond: (outcome) => {
          if (entry.responded) return;
          entry.responded = true;
          cancelDeadline();
          if (admitted === 'probe' && !outcome.ok) this.#breaker.probeFailed();
          resolve(outcome);
        },
      };
      const cancelDeadline = this.#clock.after(deadlineMs, () => this.#expire(entry));
      const partitions = this.#counts.known(topic);
      if (partitions === undefined) this.#counts.wait(entry);
      else this.#place(entry, partitions);
    });
  }

  async stop(drainMs = DRAIN_MS): Promise<void> {
    this.#stopping = true;
    const { promise: over, resolve: endWait } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(drainMs, () => {
      this.#abandon();
      endWait();
    });
    await Promise.race([this.#drain().then(this.#connection.stop), over]);
    cancel();
  }

  #admit(topic: string, bytes: number): AppendOutcome | 'yes' | 'probe' {
    if (this.#stopping) return { ok: false, code: 'ERR_LOG_CLOSED' };
    if (bytes > MAX_RECORD_BYTES) {
      const cause = new RangeError(`${topic}: ${bytes} bytes, at most ${MAX_RECORD_BYTES}`);
      return { ok: false, code: 'ERR_LOG_RECORD_TOO_LARGE', cause };
    }
    const isFull = this.#queuedRecords >= this.#maxQueuedRecords || this.#queuedBytes + bytes > this.#maxQueuedBytes;
    if (isFull) return { ok: false, code: 'ERR_LOG_QUEUE_FULL' };
    const admitted = this.#breaker.admit();
    return admitted === 'no' ? { ok: false, code: 'ERR_LOG_UNAVAILABLE' } : admitted;
  }

  #place(entry: Entry, partitions: number): void {
    const partition = entry.partition ?? partitionOf(entry.key, partitions);
    if (partition < partitions) {
      this.#batcher.add(entry, partition);
      return;
    }
    const cause = new RangeError(`${entry.topic} has ${partitions} partitions, and not partition ${partition}`);
    this.#finish(entry, { ok: false, code: 'ERR_LOG_UNKNOWN_TOPIC', cause });
  }

  /** A record that was not sent is taken out: it is not written after its caller was told no. */
  #expire(entry: Entry): void {
    if (entry.sent) {
      entry.respond({ ok: false, code: 'ERR_LOG_OUTCOME_UNKNOWN' });
      return;
    }
    this.#counts.forget(entry);
    entry.queue?.remove(entry);
    this.#finish(entry, { ok: false, code: 'ERR_LOG_UNAVAILABLE' });
  }

  #finish(entry: Entry, outcome: AppendOutcome): void {
    if (entry.finished) return;
    entry.finished = true;
    this.#queuedRecords -= 1;
    this.#queuedBytes -= entry.bytes;
    entry.respond(outcome);
  }

  async #drain(): Promise<void> {
    while (this.#queuedRecords > 0) {
      if (this.#connection.session() === undefined) {
        this.#closeWaiting();
        if (this.#batcher.rounds().length === 0) return;
      }
      await Promise.race([...this.#batcher.rounds(), pause(this.#intervalMs + 1, this.#clock)]);
    }
  }

  #closeWaiting(): void {
    for (const entry of [...this.#counts.takeAll(), ...this.#batcher.takeWaiting()]) {
      this.#finish(entry, { ok: false, code: 'ERR_LOG_CLOSED' });
    }
  }

  /** No caller waits any longer: what is in flight may still be written, what waits never is. */
  #abandon(): void {
    if (this.#queuedRecords === 0) return;
    this.#connection.session()?.sender.discard(new Error('the appender was stopped'));
    this.#closeWaiting();
  }
}
