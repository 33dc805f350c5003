import type { Clock } from '../../clock.ts';
import type { AppendOutcome } from '../../log.ts';
import type { LogLogger } from '../../logger.ts';
import { pauseBeforeNext } from '../../pacing.ts';
import { type BatchOutcome, batchKey } from '../send-path/batch.ts';
import { failedOutcome, isTooLarge } from './append-outcome.ts';
import type { Entry } from './entry.ts';
import { createPartitionQueue, type PartitionQueue } from './partition-queue.ts';
import type { ProducerSession } from './producer-session.ts';
import type { Reconnector } from './reconnector.ts';

export interface BatcherOptions {
  readonly connection: Pick<Reconnector, 'session' | 'replace'>;
  readonly clock: Clock;
  readonly logger: LogLogger;
  /** Least time between two rounds of few records, milliseconds. */
  readonly intervalMs: number;
  /** Called with the outcome of each record. */
  readonly finish: (entry: Entry, outcome: AppendOutcome) => void;
  /** A broker refused a batch: what is known about the topic may be wrong. */
  readonly onRefused: (topic: string) => void;
}

interface SentBatch {
  readonly queue: PartitionQueue;
  readonly entries: readonly Entry[];
}

/** As many records in one round that a longer wait would save little. */
const MANY_RECORDS = 32;

/** Gathers records into batches: one in flight for each topic-partition, while the next records wait in its queue. */
export class Batcher {
  readonly #options: BatcherOptions;
  readonly #queues = new Map<string, PartitionQueue>();
  readonly #rounds = new Set<Promise<void>>();
  #cancelFlush: (() => void) | undefined;
  #lastFlush: number | undefined;
  /** Records added since the last round. */
  #added = 0;

  constructor(options: BatcherOptions) {
    this.#options = options;
  }

  add(entry: Entry, partition: number): void {
    const { topic } = entry;
    const key = batchKey({ topic, partition });
    const queue = this.#queues.get(key) ?? createPartitionQueue(topic, partition);
    this.#queues.set(key, queue);
    entry.queue = queue;
    queue.add(entry);
    this.#added += 1;
    if (queue.full() && !queue.inFlight) this.flush();
    else if (this.#added === MANY_RECORDS) this.#flushAfter(0);
    else this.#flushSoon();
  }

  /** Sends what waits, one batch for each topic-partition that has none in flight, as one round. */
  flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    const session = this.#options.connection.session();
    if (session === undefined) return;
    const ready = [...this.#queues.values()].filter((queue) => !queue.inFlight && !queue.empty());
    if (ready.length === 0) return;
    this.#added = 0;
    this.#lastFlush = this.#options.clock.monotonic();
    const round = this.#send(session, ready.map(takeBatch)).then(() => {
      this.#rounds.delete(round);
    });
    this.#rounds.add(round);
  }

  /** The rounds that have not ended. */
  rounds(): readonly Promise<void>[] {
    return [...this.#rounds];
  }

  /** Takes out every record that waits for its batch. */
  takeWaiting(): readonly Entry[] {
    const waiting = [...this.#queues.values()].flatMap((queue) => [...queue.entries()]);
    for (const entry of waiting) entry.queue?.remove(entry);
    return waiting;
  }

  /** Unless that is planned already: when the interval since the last round is over. */
  #flushSoon(): void {
    const { clock, intervalMs } = this.#options;
    if (this.#cancelFlush === undefined) this.#flushAfter(pauseBeforeNext(clock.monotonic(), this.#lastFlush, intervalMs));
  }

  /** Not in this step, so that what arrives in it is sent together. */
  #flushAfter(ms: number): void {
    this.#cancelFlush?.();
    this.#cancelFlush = this.#options.clock.after(ms, () => this.flush());
  }

  async #send(session: ProducerSession, batches: readonly SentBatch[]): Promise<void> {
    const { connection, logger } = this.#options;
    const outBatches = batches.map(({ queue: { topic, partition }, entries }) => ({
      topic,
      partition,
      records: entries.map(({ record }) => record),
    }));
    try {
      await session.sender.send(outBatches, (index, outcome) => this.#settle(batches[index] as SentBatch, outcome));
    } catch (error) {
      logger.error({ err: error }, 'The send path failed');
      session.sender.discard(error);
    }
    if (session.sender.discarded() !== undefined) connection.replace(session);
  }

  #settle({ queue, entries }: SentBatch, outcome: BatchOutcome): void {
    const { topic, partition } = queue;
    queue.inFlight = false;
    if (outcome.kind === 'written') {
      for (const [index, entry] of entries.entries()) {
        const offset = outcome.baseOffset < 0n ? outcome.baseOffset : outcome.baseOffset + BigInt(index);
        this.#options.finish(entry, { ok: true, position: { topic, partition, offset } });
      }
    } else if (outcome.kind === 'unsent') {
      this.#queueAgain(queue, entries, { alone: false });
    } else if (outcome.kind === 'refused' && entries.length > 1 && isTooLarge(outcome.errorCode)) {
      this.#queueAgain(queue, entries, { alone: true });
    } else {
      if (outcome.kind === 'refused') this.#options.onRefused(topic);
      for (const entry of entries) this.#options.finish(entry, failedOutcome(outcome));
    }
    if (queue.hasBatch() || this.#added >= MANY_RECORDS) this.#flushAfter(0);
    else if (!queue.empty()) this.#flushSoon();
  }

  /** No record was written: those whose callers still wait are sent again, each alone where they were too large together. */
  #queueAgain(queue: PartitionQueue, entries: readonly Entry[], { alone }: { readonly alone: boolean }): void {
    for (const entry of entries) {
      entry.sent = false;
      entry.alone = alone;
      if (entry.responded) this.#options.finish(entry, { ok: false, code: 'ERR_LOG_UNAVAILABLE' });
    }
    queue.putBack(entries.filter(({ responded }) => !responded));
  }
}

function takeBatch(queue: PartitionQueue): SentBatch {
  const entries = queue.take();
  for (const entry of entries) entry.sent = true;
  queue.inFlight = true;
  return { queue, entries };
}
