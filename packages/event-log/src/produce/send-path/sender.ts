import { type Clock, systemClock } from '../../clock.ts';
import type { Broker, Cluster } from '../../kafkajs/cluster/internals.ts';
import { renewConnections } from '../../kafkajs/cluster/renew-connections.ts';
import { protocolCode, readKafkajsError } from '../../kafkajs/errors/errors.ts';
import type { LogLogger } from '../../logger.ts';
import { encodeRecordBatch } from '../../wire/record-batch.ts';
import { type BatchOutcome, batchKey, type OpenBatch, type OutBatch } from './batch.ts';
import { createLanes } from './lanes.ts';
import { planRound } from './plan-round.ts';
import { INVALID_RECORD, UNKNOWN_TOPIC_OR_PARTITION, verdictOf } from './produce-errors.ts';
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
  /** Told after each round: whether any broker acknowledged anything. */
  readonly onRound?: (progress: boolean) => void;
  /** Told of each request that was sent and not answered: it may reach the broker at any later time. */
  readonly onLost?: () => void;
}

/**
 * Sends batches under one producer id. A batch gets its sequence once and keeps its bytes in every attempt, until it is
 * acknowledged or the producer is discarded; a topic-partition has one batch in flight, and the next one waits for that
 * alone; within one send a round's requests are all settled before the next round is planned, by the leaders of that time.
 */
export interface Sender {
  /** Resolves when all batches have an outcome, in their order; `onOutcome` is told each one when it is known. */
  send(batches: readonly OutBatch[], onOutcome?: (index: number, outcome: BatchOutcome) => void): Promise<readonly BatchOutcome[]>;
  /** The reason why this sender takes no more batches. */
  discarded(): { readonly cause: unknown } | undefined;
  /** Ends all that is in flight as unknown. */
  discard(cause: unknown): void;
}

/** A broker's answer to a batch that ends the producer. */
export class BrokerRefusal extends Error {
  override readonly name = 'BrokerRefusal';
  readonly errorCode: number;

  constructor(errorCode: number, message: string) {
    super(message);
    this.errorCode = errorCode;
  }
}

const DISCARD_AFTER_MS = 30_000;
/** Below the request timeout of produce-cluster.ts, so that the broker's answer comes first. */
const BROKER_TIMEOUT_MS = 4_000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;
/** How long a topic that is new may be unknown to some brokers. */
const UNKNOWN_TOPIC_ROUNDS = 6;

export function createSender(options: SenderOptions): Sender {
  const { cluster, identity, logger } = options;
  const clock = options.clock ?? systemClock;
  const lanes = createLanes();
  const sequences = createSequences();
  const open = new Set<OpenBatch>();
  const wakers = new Set<() => void>();
  let discarded: { readonly cause: unknown } | undefined;

  function discard(cause: unknown): void {
    if (discarded !== undefined) return;
    discarded = { cause };
    logger.warn({ err: cause, inFlight: open.size }, 'producer discarded; the outcome of what is in flight is unknown');
    for (const batch of [...open]) settle(batch, { kind: batch.attempts === 0 ? 'unsent' : 'unknown', cause });
    for (const wake of [...wakers]) wake();
  }

  function settle(batch: OpenBatch, outcome: BatchOutcome): void {
    if (batch.outcome !== undefined) return;
    batch.outcome = outcome;
    open.delete(batch);
    batch.settled(outcome);
  }

  /** Undefined when the records cannot be encoded; the batch is then refused. */
  function openBatch(batch: OutBatch, settled: OpenBatch['settled']): OpenBatch | undefined {
    const key = batchKey(batch);
    const { topic, partition, records } = batch;
    const sequence = identity.producerId < 0n ? -1 : sequences.take(key, records.length);
    try {
      const bytes = encodeRecordBatch(records, {
        producerId: identity.producerId,
        producerEpoch: identity.producerEpoch,
        baseSequence: sequence,
        transactional: identity.transactionalId !== null,
      });
      const opened: OpenBatch = { key, topic, partition, sequence, bytes, attempts: 0, outcome: undefined, settled };
      open.add(opened);
      return opened;
    } catch (cause) {
      sequences.giveBack(key, sequence);
      settled({ kind: 'refused', errorCode: INVALID_RECORD, cause });
      return undefined;
    }
  }

  async function drive(batches: readonly OpenBatch[]): Promise<void> {
    const expire = clock.after(options.discardAfterMs ?? DISCARD_AFTER_MS, () =>
      discard(new Error(`no acknowledgement within ${options.discardAfterMs ?? DISCARD_AFTER_MS} ms`)),
    );
    try {
      let pauseMs = FIRST_PAUSE_MS;
      for (let round = 1; ; round += 1) {
        const unfinished = batches.filter(({ outcome }) => outcome === undefined);
        if (unfinished.length === 0) return;
        await findLeaders(unfinished, round);
        await Promise.all([...planRound(unfinished, cluster)].map(([nodeId, group]) => attempt(nodeId, group)));
        options.onRound?.(unfinished.some(({ outcome }) => outcome?.kind === 'written' || outcome?.kind === 'refused'));
        if (batches.every(({ outcome }) => outcome !== undefined)) return;
        await pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    } finally {
      expire();
    }
  }

  /** Metadata to plan with, fetched anew after a failed round; what is known already stays when that fails. */
  async function findLeaders(batches: readonly OpenBatch[], round: number): Promise<void> {
    const topics = [...new Set(batches.map(({ topic }) => topic))].filter((topic) => !cluster.targetTopics.has(topic));
    try {
      if (topics.length > 0) await cluster.addMultipleTargetTopics(topics);
      if (round > 1) await cluster.refreshMetadata();
      else await cluster.refreshMetadataIfNecessary();
    } catch (error) {
      renewConnections(cluster, error);
      if (protocolCode(error) === UNKNOWN_TOPIC_OR_PARTITION && round >= UNKNOWN_TOPIC_ROUNDS) {
        for (const batch of batches) {
          if (batch.attempts === 0) refuse(batch, UNKNOWN_TOPIC_OR_PARTITION);
        }
      }
      logger.debug({ err: readKafkajsError(error), round }, 'the metadata could not be refreshed');
    }
  }

  async function attempt(nodeId: number, planned: readonly OpenBatch[]): Promise<void> {
    let broker: Broker | undefined;
    let group = planned;
    try {
      broker = await cluster.findBroker({ nodeId });
      if (!speaksProduce(broker.versions)) {
        discard(new Error(`broker ${nodeId} does not speak the version of Produce that is needed`));
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
        if (batch !== undefined) apply(batch, result.errorCode, result.baseOffset);
      }
    } catch (error) {
      if (broker !== undefined) options.onLost?.();
      renewConnections(cluster, error, broker);
      logger.debug({ err: readKafkajsError(error), nodeId, batches: group.length }, 'a produce request failed');
    }
  }

  function apply(batch: OpenBatch, errorCode: number, baseOffset: bigint): void {
    const verdict = verdictOf(errorCode);
    if (verdict === 'written') {
      settle(batch, { kind: 'written', baseOffset });
    } else if (verdict === 'refused' && batch.attempts === 1) {
      refuse(batch, errorCode);
    } else if (verdict === 'refused' || verdict === 'fatal') {
      discard(new BrokerRefusal(errorCode, `${batch.key}: the broker answered ${errorCode} to attempt ${batch.attempts}`));
    } else {
      logger.debug({ topic: batch.topic, partition: batch.partition, errorCode, attempts: batch.attempts }, 'a batch will be sent again');
    }
  }

  function refuse(batch: OpenBatch, errorCode: number): void {
    sequences.giveBack(batch.key, batch.sequence);
    settle(batch, { kind: 'refused', errorCode });
  }

  function pause(ms: number): Promise<void> {
    if (discarded !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        wakers.delete(wake);
        resolve();
      };
      const cancel = clock.after(ms, wake);
      wakers.add(wake);
    });
  }

  return {
    async send(batches, onOutcome) {
      const outcomes = new Array<BatchOutcome>(batches.length);
      const settled = (index: number, outcome: BatchOutcome): void => {
        outcomes[index] = outcome;
        onOutcome?.(index, outcome);
      };
      // Not behind the requests that are still on the way: they may take a while to end.
      if (discarded !== undefined) {
        for (const index of batches.keys()) settled(index, { kind: 'unsent', cause: discarded.cause });
        return outcomes;
      }
      for (const wave of waves(batches)) {
        const keys = wave.map((index) => batchKey(batches[index] as OutBatch));
        await lanes.run(keys, async (release) => {
          const before = discarded;
          if (before !== undefined) {
            for (const index of wave) settled(index, { kind: 'unsent', cause: before.cause });
          } else {
            // A broker that is slow holds up its own partitions only.
            const opened = wave.map((index) => {
              const batch = batches[index] as OutBatch;
              return openBatch(batch, (outcome) => {
                release(batchKey(batch));
                settled(index, outcome);
              });
            });
            await drive(opened.filter((batch) => batch !== undefined));
          }
        });
      }
      return outcomes;
    },
    discarded: () => discarded,
    discard,
  };
}

/** Indexes of the batches such that each wave holds a topic-partition once and keeps the order within it. */
function waves(batches: readonly OutBatch[]): readonly (readonly number[])[] {
  const depth = new Map<string, number>();
  const found: number[][] = [];
  for (const [index, batch] of batches.entries()) {
    const key = batchKey(batch);
    const wave = depth.get(key) ?? 0;
    depth.set(key, wave + 1);
    found[wave] ??= [];
    found[wave].push(index);
  }
  return found;
}
