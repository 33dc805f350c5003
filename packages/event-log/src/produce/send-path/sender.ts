import { type Clock, systemClock } from '../../clock.ts';
import type { Broker, Cluster } from '../../kafkajs/cluster/internals.ts';
import { renewConnections } from '../../kafkajs/cluster/renew-connections.ts';
import { protocolCode, readKafkajsError } from '../../kafkajs/errors/errors.ts';
import type { LogLogger } from '../../logger.ts';
import { encodeRecordBatch } from '../../wire/record-batch.ts';
import { type BatchOutcome, batchKey, type OpenBatch, type OutBatch } from './batch.ts';
import { createKeyedMutex } from './keyed-mutex.ts';
import { type IndexedBatch, planRound, planWaves } from './plan-round.ts';
import { BrokerRefusal, INVALID_RECORD, UNKNOWN_TOPIC_OR_PARTITION, verdictOf } from './produce-errors.ts';
import { produceExchange, speaksProduce } from './produce-exchange.ts';
import { createSequences } from './sequences.ts';

export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly transactionalId: string | null;
}

export interface SenderOptions {
  readonly cluster: Cluster;
  readonly identity: ProducerIdentity;
  readonly logger: LogLogger;
  readonly clock?: Clock;
  /** How long a batch may stay unacknowledged before the producer is discarded. Default 30 s. */
  readonly discardAfterMs?: number;
  /** Called after each round: whether a broker acknowledged or refused a batch in it. */
  readonly onRound?: (progress: boolean) => void;
  /** Called for each request that was sent and got no response: it may reach the broker at any later time. */
  readonly onLost?: () => void;
}

/**
 * Sends batches under one producer id. A batch gets its sequence once and keeps its bytes in every attempt, until it is
 * acknowledged or the producer is discarded. A topic-partition has one batch in flight; the next one waits for that only.
 * Within one send, all requests of a round end before the next round is planned with the leaders of that time.
 */
export interface Sender {
  /** Resolves when all batches have an outcome, in their order; `onOutcome` is called with each one as soon as it is known. */
  send(batches: readonly OutBatch[], onOutcome?: (index: number, outcome: BatchOutcome) => void): Promise<readonly BatchOutcome[]>;
  /** The reason why this sender takes no more batches. */
  discarded(): { readonly cause: unknown } | undefined;
  /** Ends all that is in flight as unknown. */
  discard(cause: unknown): void;
}

const DISCARD_AFTER_MS = 30_000;
/** Below the request timeout of produce-cluster.ts, so that the broker's response comes first. */
const BROKER_TIMEOUT_MS = 4_000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;
/** How long a topic that is new may be unknown to some brokers. */
const UNKNOWN_TOPIC_ROUNDS = 6;

export function createSender(options: SenderOptions): Sender {
  return new BatchSender(options);
}

class BatchSender implements Sender {
  readonly #options: SenderOptions;
  readonly #clock: Clock;
  readonly #mutex = createKeyedMutex();
  readonly #sequences = createSequences();
  readonly #open = new Set<OpenBatch>();
  /** End the pauses between rounds. */
  readonly #wakers = new Set<() => void>();
  #discarded: { readonly cause: unknown } | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  discarded(): { readonly cause: unknown } | undefined {
    return this.#discarded;
  }

  discard(cause: unknown): void {
    if (this.#discarded !== undefined) return;
    this.#discarded = { cause };
    this.#options.logger.warn({ err: cause, inFlight: this.#open.size }, 'Producer discarded; the outcome of batches in flight is unknown');
    for (const batch of [...this.#open]) this.#settle(batch, { kind: batch.attempts === 0 ? 'unsent' : 'unknown', cause });
    for (const wake of [...this.#wakers]) wake();
  }

  async send(batches: readonly OutBatch[], onOutcome?: (index: number, outcome: BatchOutcome) => void): Promise<readonly BatchOutcome[]> {
    const outcomes = new Array<BatchOutcome>(batches.length);
    const settled = (index: number, outcome: BatchOutcome): void => {
      outcomes[index] = outcome;
      onOutcome?.(index, outcome);
    };
    // Not behind the requests that are still on the way: they may take a while to end.
    if (this.#discarded !== undefined) {
      for (const index of batches.keys()) settled(index, { kind: 'unsent', cause: this.#discarded.cause });
      return outcomes;
    }
    for (const wave of planWaves(batches)) await this.#sendWave(wave, settled);
    return outcomes;
  }

  /** Sends one batch for each topic-partition. A slow broker delays its own partitions only: each is released when its batch is settled. */
  async #sendWave(wave: readonly IndexedBatch[], settled: (index: number, outcome: BatchOutcome) => void): Promise<void> {
    const keys = wave.map(({ batch }) => batchKey(batch));
    await this.#mutex.run(keys, async (release) => {
      const discarded = this.#discarded;
      if (discarded !== undefined) {
        for (const { index } of wave) settled(index, { kind: 'unsent', cause: discarded.cause });
        return;
      }
      const opened = wave.map(({ batch, index }) =>
        this.#openBatch(batch, (outcome) => {
          release(batchKey(batch));
          settled(index, outcome);
        }),
      );
      await this.#drive(opened.filter((batch) => batch !== undefined));
    });
  }

  /** Undefined when the records cannot be encoded; the batch is then refused. */
  #openBatch(batch: OutBatch, settled: OpenBatch['settled']): OpenBatch | undefined {
    const { producerId, producerEpoch, transactionalId } = this.#options.identity;
    const { topic, partition, records } = batch;
    const key = batchKey(batch);
    const sequence = producerId < 0n ? -1 : this.#sequences.take(key, records.length);
    try {
      const identity = { producerId, producerEpoch, baseSequence: sequence, transactional: transactionalId !== null };
      const bytes = encodeRecordBatch(records, identity);
      const opened: OpenBatch = { key, topic, partition, sequence, bytes, attempts: 0, outcome: undefined, settled };
      this.#open.add(opened);
      return opened;
    } catch (cause) {
      this.#sequences.giveBack(key, sequence);
      settled({ kind: 'refused', errorCode: INVALID_RECORD, cause });
      return undefined;
    }
  }

  /** Sends the batches in rounds until each has an outcome. */
  async #drive(batches: readonly OpenBatch[]): Promise<void> {
    const { cluster, discardAfterMs = DISCARD_AFTER_MS, onRound } = this.#options;
    const cancel = this.#clock.after(discardAfterMs, () => this.discard(new Error(`no acknowledgement within ${discardAfterMs} ms`)));
    try {
      let pauseMs = FIRST_PAUSE_MS;
      for (let round = 1; ; round += 1) {
        const unfinished = batches.filter(({ outcome }) => outcome === undefined);
        if (unfinished.length === 0) return;
        await this.#findLeaders(unfinished, round);
        await Promise.all([...planRound(unfinished, cluster)].map(([nodeId, group]) => this.#attempt(nodeId, group)));
        onRound?.(unfinished.some(({ outcome }) => outcome?.kind === 'written' || outcome?.kind === 'refused'));
        if (batches.every(({ outcome }) => outcome !== undefined)) return;
        if (this.#discarded === undefined) await this.#pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    } finally {
      cancel();
    }
  }

  /** Metadata to plan with, fetched again after a failed round; known metadata is kept when that fails. */
  async #findLeaders(batches: readonly OpenBatch[], round: number): Promise<void> {
    const { cluster, logger } = this.#options;
    const topics = [...new Set(batches.map(({ topic }) => topic))].filter((topic) => !cluster.targetTopics.has(topic));
    try {
      if (topics.length > 0) await cluster.addMultipleTargetTopics(topics);
      if (round > 1) await cluster.refreshMetadata();
      else await cluster.refreshMetadataIfNecessary();
    } catch (error) {
      renewConnections(cluster, error);
      if (protocolCode(error) === UNKNOWN_TOPIC_OR_PARTITION && round >= UNKNOWN_TOPIC_ROUNDS) {
        for (const batch of batches) if (batch.attempts === 0) this.#refuse(batch, UNKNOWN_TOPIC_OR_PARTITION);
      }
      logger.debug({ err: readKafkajsError(error), round }, 'Metadata not refreshed');
    }
  }

  async #attempt(nodeId: number, planned: readonly OpenBatch[]): Promise<void> {
    const { cluster, identity, logger, onLost } = this.#options;
    let broker: Broker | undefined;
    let group = planned;
    try {
      broker = await cluster.findBroker({ nodeId });
      if (!speaksProduce(broker.versions)) {
        this.discard(new Error(`broker ${nodeId} does not speak the version of Produce that is needed`));
        return;
      }
      // The producer may have been discarded since the round was planned. A batch that was said to be unsent is then sent by the next
      // producer: sent here, too, it would be written twice.
      group = planned.filter(({ outcome }) => outcome === undefined);
      if (group.length === 0) return;
      for (const batch of group) batch.attempts += 1;
      const { results } = await broker.connectionPool.send({
        ...produceExchange({
          data: group.map(({ topic, partition, bytes }) => ({ topic, partition, batch: bytes })),
          transactionalId: identity.transactionalId,
          timeoutMs: BROKER_TIMEOUT_MS,
        }),
        logResponseError: false,
      });
      const byKey = new Map(group.map((batch) => [batch.key, batch]));
      for (const result of results) {
        const batch = byKey.get(batchKey(result));
        if (batch !== undefined) this.#apply(batch, result.errorCode, result.baseOffset);
      }
    } catch (error) {
      if (broker !== undefined) onLost?.();
      renewConnections(cluster, error, broker);
      logger.debug({ err: readKafkajsError(error), nodeId, batches: group.length }, 'Produce request failed');
    }
  }

  #apply(batch: OpenBatch, errorCode: number, baseOffset: bigint): void {
    const { topic, partition, key, attempts } = batch;
    const verdict = verdictOf(errorCode);
    if (verdict === 'written') {
      this.#settle(batch, { kind: 'written', baseOffset });
    } else if (verdict === 'refused' && attempts === 1) {
      this.#refuse(batch, errorCode);
    } else if (verdict === 'refused' || verdict === 'fatal') {
      this.discard(new BrokerRefusal(errorCode, `${key}: the broker responded with error ${errorCode} to attempt ${attempts}`));
    } else {
      this.#options.logger.debug({ topic, partition, errorCode, attempts }, 'Batch will be sent again');
    }
  }

  #refuse(batch: OpenBatch, errorCode: number): void {
    this.#sequences.giveBack(batch.key, batch.sequence);
    this.#settle(batch, { kind: 'refused', errorCode });
  }

  #settle(batch: OpenBatch, outcome: BatchOutcome): void {
    if (batch.outcome !== undefined) return;
    batch.outcome = outcome;
    this.#open.delete(batch);
    batch.settled(outcome);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        this.#wakers.delete(wake);
        resolve();
      };
      const cancel = this.#clock.after(ms, wake);
      this.#wakers.add(wake);
    });
  }
}
