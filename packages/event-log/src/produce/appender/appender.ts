import { type Clock, systemClock } from '../../clock.ts';
import type { KafkaClient } from '../../kafkajs/client/client.ts';
import type { Appender, AppenderOptions, AppendOutcome, OutRecord } from '../../log.ts';
import type { LogLogger } from '../../logger.ts';
import { partitionOf } from '../../partition-of.ts';
import { pause } from '../../retry.ts';
import { recordSize } from '../../wire/record-batch.ts';
import { type BatchOutcome, batchKey } from '../send-path/batch.ts';
import { failedOutcome, isTooLarge } from './append-outcome.ts';
import { createBreaker } from './breaker.ts';
import type { Entry } from './entry.ts';
import { createLane, type Lane } from './lane.ts';
import { createPartitionCounts } from './partition-counts.ts';
import { type OpenProducerSession, producerSessions } from './producer-session.ts';
import { createReconnector } from './reconnector.ts';

const MAX_QUEUED_RECORDS = 20_000;
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
const LINGER_MS = 2;
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

/** An appender over Kafka. Resolves after the first attempt to connect, whatever came of it; it goes on trying. */
export async function createAppender(client: KafkaClient, options: AppenderOptions = {}): Promise<Appender> {
  return startAppender({ openSession: producerSessions(client), logger: client.logger }, options);
}

export async function startAppender(parts: AppenderParts, options: AppenderOptions = {}): Promise<Appender> {
  const { maxQueuedRecords = MAX_QUEUED_RECORDS, maxQueuedBytes = MAX_QUEUED_BYTES, lingerMs = LINGER_MS } = options;
  const clock = parts.clock ?? systemClock;
  const lanes = new Map<string, Lane>();
  const sending = new Set<Promise<void>>();
  let queuedRecords = 0;
  let queuedBytes = 0;
  let stopping = false;
  let cancelLinger: (() => void) | undefined;

  const breaker = createBreaker({
    clock,
    ...BREAKER,
    onChange: (open) => parts.logger.warn({ open, queuedRecords }, open ? 'the log is unavailable' : 'the log may be available again'),
  });
  const connection = createReconnector({ ...parts, clock, breaker, onOpen: () => flush() });
  const counts = createPartitionCounts({
    connection,
    clock,
    onFailure: () => breaker.failed(),
    onPlaced: place,
    onUnknown: (entry) => finish(entry, { ok: false, code: 'ERR_LOG_UNKNOWN_TOPIC' }),
  });

  function admit(record: OutRecord, bytes: number): AppendOutcome | 'yes' | 'probe' {
    if (stopping) return { ok: false, code: 'ERR_LOG_CLOSED' };
    if (bytes > MAX_RECORD_BYTES) {
      return {
        ok: false,
        code: 'ERR_LOG_RECORD_TOO_LARGE',
        cause: new RangeError(`${record.topic}: ${bytes} bytes, at most ${MAX_RECORD_BYTES}`),
      };
    }
    if (queuedRecords >= maxQueuedRecords || queuedBytes + bytes > maxQueuedBytes) return { ok: false, code: 'ERR_LOG_QUEUE_FULL' };
    const admitted = breaker.admit();
    return admitted === 'no' ? { ok: false, code: 'ERR_LOG_UNAVAILABLE' } : admitted;
  }

  function append(record: OutRecord, deadlineMs = DEADLINE_MS): Promise<AppendOutcome> {
    const { topic, key, value, headers = [], timestamp = Date.now(), partition } = record;
    const prepared = { key, value, headers, timestamp };
    const bytes = recordSize(prepared);
    const admitted = admit(record, bytes);
    if (typeof admitted === 'object') return Promise.resolve(admitted);
    queuedRecords += 1;
    queuedBytes += bytes;
    return new Promise((resolve) => {
      const entry: Entry = {
        topic,
        key,
        partition,
        record: prepared,
        bytes,
        sent: false,
        alone: false,
        lane: undefined,
        answered: false,
        finished: false,
        answer(outcome) {
          if (entry.answered) return;
          entry.answered = true;
          cancelDeadline();
          if (admitted === 'probe' && !outcome.ok) breaker.probeFailed();
          resolve(outcome);
        },
      };
      const cancelDeadline = clock.after(deadlineMs, () => expire(entry));
      const partitions = counts.known(topic);
      if (partitions === undefined) counts.wait(entry);
      else place(entry, partitions);
    });
  }

  /** A record that was not sent is taken out: it will not be written after its caller was told no. */
  function expire(entry: Entry): void {
    if (entry.sent) {
      entry.answer({ ok: false, code: 'ERR_LOG_OUTCOME_UNKNOWN' });
      return;
    }
    counts.forget(entry);
    entry.lane?.remove(entry);
    finish(entry, { ok: false, code: 'ERR_LOG_UNAVAILABLE' });
  }

  function finish(entry: Entry, outcome: AppendOutcome): void {
    if (entry.finished) return;
    entry.finished = true;
    queuedRecords -= 1;
    queuedBytes -= entry.bytes;
    entry.answer(outcome);
  }

  function place(entry: Entry, partitions: number): void {
    const partition = partitionFor(entry, partitions);
    if (!(partition < partitions)) {
      const cause = new RangeError(`${entry.topic} has ${partitions} partitions, and not partition ${partition}`);
      finish(entry, { ok: false, code: 'ERR_LOG_UNKNOWN_TOPIC', cause });
      return;
    }
    const key = batchKey({ topic: entry.topic, partition });
    let lane = lanes.get(key);
    if (lane === undefined) {
      lane = createLane(entry.topic, partition);
      lanes.set(key, lane);
    }
    entry.lane = lane;
    lane.add(entry);
    if (lane.full() && !lane.inFlight) flush();
    else cancelLinger ??= clock.after(lingerMs, flush);
  }

  /** Sends what waits, one batch for each topic-partition that has none in flight, as one round. */
  function flush(): void {
    cancelLinger?.();
    cancelLinger = undefined;
    const session = connection.session();
    if (session === undefined) return;
    const ready = [...lanes.values()].filter((lane) => !lane.inFlight && !lane.empty());
    if (ready.length === 0) return;
    const batches = ready.map((lane) => {
      const entries = lane.take();
      for (const entry of entries) entry.sent = true;
      lane.inFlight = true;
      return { lane, entries };
    });
    const sent = session.sender
      .send(
        batches.map(({ lane, entries }) => ({
          topic: lane.topic,
          partition: lane.partition,
          records: entries.map(({ record }) => record),
        })),
        (index, outcome) => {
          const batch = batches[index];
          if (batch !== undefined) settle(batch.lane, batch.entries, outcome);
        },
      )
      .catch((error: unknown) => {
        parts.logger.error({ err: error }, 'the send path failed');
        session.sender.discard(error);
      })
      .then(() => {
        sending.delete(sent);
        if (session.sender.discarded() !== undefined) connection.replace(session);
      });
    sending.add(sent);
  }

  function settle(lane: Lane, entries: readonly Entry[], outcome: BatchOutcome): void {
    lane.inFlight = false;
    if (outcome.kind === 'written') {
      for (const [index, entry] of entries.entries()) {
        const offset = outcome.baseOffset < 0n ? outcome.baseOffset : outcome.baseOffset + BigInt(index);
        finish(entry, { ok: true, position: { topic: lane.topic, partition: lane.partition, offset } });
      }
    } else if (outcome.kind === 'unsent' || (outcome.kind === 'refused' && entries.length > 1 && isTooLarge(outcome.errorCode))) {
      sendAgain(lane, entries, outcome.kind === 'refused');
    } else {
      if (outcome.kind === 'refused') counts.doubt(lane.topic);
      for (const entry of entries) finish(entry, failedOutcome(outcome));
    }
    // In a later step, so that partitions whose answers came together go out together.
    if (!lane.empty()) cancelLinger ??= clock.after(0, flush);
  }

  /** Nothing was written: those whose caller still waits go again, each alone when they were too large together. */
  function sendAgain(lane: Lane, entries: readonly Entry[], alone: boolean): void {
    for (const entry of entries) {
      entry.sent = false;
      entry.alone = alone;
      if (entry.answered) finish(entry, { ok: false, code: 'ERR_LOG_UNAVAILABLE' });
    }
    lane.putBack(entries.filter(({ answered }) => !answered));
  }

  async function drain(): Promise<void> {
    while (queuedRecords > 0) {
      if (connection.session() === undefined) {
        closeWaiting();
        if (sending.size === 0) return;
      }
      await Promise.race([...sending, pause(lingerMs + 1, clock)]);
    }
  }

  function closeWaiting(): void {
    const waiting = [...counts.takeAll(), ...[...lanes.values()].flatMap((lane) => [...lane.entries()])];
    for (const lane of lanes.values()) for (const entry of [...lane.entries()]) lane.remove(entry);
    for (const entry of waiting) finish(entry, { ok: false, code: 'ERR_LOG_CLOSED' });
  }

  /** Nobody waits any longer: what is in flight may still be written, what waits never is. */
  function giveUp(): void {
    if (queuedRecords === 0) return;
    connection.session()?.sender.discard(new Error('the appender was stopped'));
    closeWaiting();
  }

  async function stop(drainMs: number): Promise<void> {
    stopping = true;
    const { promise: over, resolve: endWait } = Promise.withResolvers<void>();
    const cancel = clock.after(drainMs, () => {
      giveUp();
      endWait();
    });
    await Promise.race([drain().then(connection.stop), over]);
    cancel();
  }

  await connection.firstAttempt;
  return {
    append: (record, appendOptions) => append(record, appendOptions?.deadlineMs),
    available: () => connection.session() !== undefined && !breaker.open(),
    stop: ({ drainMs = DRAIN_MS } = {}) => stop(drainMs),
  };
}

function partitionFor(entry: Entry, partitions: number): number {
  return entry.partition ?? partitionOf(entry.key, partitions);
}
