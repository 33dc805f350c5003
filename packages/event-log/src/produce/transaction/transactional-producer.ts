import { type Clock, systemClock } from '../../clock.ts';
import type { KafkaClient } from '../../kafkajs/client/client.ts';
import type { Cluster, TransactionScope } from '../../kafkajs/cluster/internals.ts';
import { openProduceCluster } from '../../kafkajs/cluster/produce-cluster.ts';
import type { OutRecord, Position, TopicPartition } from '../../log.ts';
import type { LogLogger } from '../../logger.ts';
import type { CommittedOffset } from '../../offset-metadata.ts';
import { keyOf } from '../../partition-key.ts';
import { askBroker } from '../../wire/ask-broker.ts';
import { offsetFetch } from '../../wire/offset-fetch.ts';
import { type TxnOffsetCommit, txnOffsetCommit } from '../../wire/txn-offset-commit.ts';
import type { BatchOutcome, OutBatch } from '../send-path/batch.ts';
import { createSender, type Sender } from '../send-path/sender.ts';
import { type Coordinators, createCoordinators } from './coordinators.ts';
import { failureOfCommit, failureOfWrite, isAtOutput, isFenced, isNotMember, throwUnlessWritten } from './failures.ts';
import { type PlacedRecords, placeRecords } from './place-records.ts';
import { TransactionError } from './transaction-error.ts';

export interface Transaction {
  readonly records: readonly OutRecord[];
  /** Committed with the records: the next offsets to be processed of input partitions, as a member of the group. */
  readonly offsets?: TxnOffsetCommit;
}

/** `stable`: offsets that an open transaction may still change are marked as `unstable`. */
export type OffsetRequirement = 'stable' | 'any';

/**
 * `lost`: an offset was committed, and kafkajs replaced it when the log no longer had it. `unstable`: an open transaction may
 * still change it.
 */
export type GroupOffset = CommittedOffset | 'lost' | 'unstable';

/** The one holder of a transactional id. Run one transaction at a time. Open another producer after a TransactionError, or once it is spent. */
export interface TransactionalProducer {
  /** Writes all or nothing. Resolves with the positions of the records. Throws TransactionError. */
  run(transaction: Transaction): Promise<readonly Position[]>;
  /** The committed offsets of a group, by `keyOf`; a partition without one is absent. */
  offsets(groupId: string, partitions: readonly TopicPartition[], require: OffsetRequirement): Promise<ReadonlyMap<string, GroupOffset>>;
  /** Takes another transactional id for a moment: its holder is fenced, and its last transaction is aborted or visible. */
  fence(transactionalId: string): Promise<void>;
  /**
   * A request was lost on the way although its transaction committed. It may reach the broker in the next transaction and
   * count there, an older offset over a newer one: open another producer, whose epoch refuses it.
   */
  spent(): boolean;
  close(): Promise<void>;
}

export interface TransactionalProducerOptions {
  readonly transactionalId: string;
  /** Topics that will be written: their leaders are looked up at once. */
  readonly topics: readonly string[];
  /** How long the broker lets a transaction stay open; readers wait for it that long after a crash. Default 10 s. */
  readonly transactionTimeoutMs?: number;
  readonly clock?: Clock;
}

const TRANSACTION_TIMEOUT_MS = 10_000;
/** What kafkajs commits after OFFSET_OUT_OF_RANGE of a fetch: its number for "the beginning" in look-ups. */
const RESET_BY_KAFKAJS = -2n;

/**
 * Takes the transactional id. When this resolves, every older holder is fenced, and its last transaction is aborted or, if
 * its commit had been accepted, visible.
 */
export async function openTransactionalProducer(
  client: KafkaClient,
  options: TransactionalProducerOptions,
): Promise<TransactionalProducer> {
  const cluster = openProduceCluster(client);
  try {
    await cluster.connect();
    await cluster.addMultipleTargetTopics(options.topics);
    return await createTransactionalProducer(cluster, client.logger, options);
  } catch (error) {
    cluster.disconnect().catch(() => undefined);
    throw error;
  }
}

/** The same over a cluster that is connected and knows the topics. */
export async function createTransactionalProducer(
  cluster: Cluster,
  logger: LogLogger,
  options: Omit<TransactionalProducerOptions, 'topics'>,
): Promise<TransactionalProducer> {
  const { transactionalId, transactionTimeoutMs = TRANSACTION_TIMEOUT_MS, clock = systemClock } = options;
  let spent = false;
  /** In the transaction that is running. */
  let requestsLost = 0;
  const onLost = (): void => {
    requestsLost += 1;
  };
  const coordinators = createCoordinators({ cluster, clock, forMs: transactionTimeoutMs, onLost });
  const takeId = (id: string) =>
    coordinators.ask({ transactionalId: id }, (broker) =>
      broker.initProducerId({ transactionalId: id, transactionTimeout: transactionTimeoutMs }),
    );
  const { producerId, producerEpoch } = await takeId(transactionalId);
  const sender = createSender({
    cluster,
    identity: { producerId: BigInt(producerId), producerEpoch, transactionalId },
    logger,
    clock,
    // Later the broker has ended the transaction anyway.
    discardAfterMs: transactionTimeoutMs,
    onLost,
  });
  const { write, end } = createRequests(coordinators, sender, { transactionalId, producerId, producerEpoch });

  async function runWithin({ records, offsets }: Transaction, expired: () => boolean): Promise<readonly Position[]> {
    let outcomes: readonly BatchOutcome[] = [];
    let placed: PlacedRecords = { batches: [], positionsOf: () => [] };
    try {
      placed = await placeRecords(cluster, records);
      outcomes = await write(placed.batches, offsets);
    } catch (error) {
      if (!isFenced(error)) await end(false).catch(() => undefined);
      const message = `${transactionalId}: the transaction failed`;
      throw new TransactionError(failureOfWrite(error, expired()), message, { cause: error, atOutput: isAtOutput(error) });
    }
    if (placed.batches.length === 0 && offsets === undefined) return [];
    try {
      await end(true);
    } catch (error) {
      throw new TransactionError(failureOfCommit(error, expired()), `${transactionalId}: the commit failed`, { cause: error });
    }
    if (requestsLost > 0) spent = true;
    return placed.positionsOf(outcomes);
  }

  return {
    async run(transaction) {
      requestsLost = 0;
      let expired = false;
      // A transaction that the broker ends for its time is refused like one of a fenced producer: only the time tells them apart.
      const cancel = clock.after(transactionTimeoutMs, () => {
        expired = true;
      });
      try {
        return await runWithin(transaction, () => expired);
      } finally {
        cancel();
      }
    },
    async offsets(groupId, partitions, require) {
      const request = offsetFetch({ groupId, partitions, requireStable: require === 'stable' });
      const found = await coordinators.ask({ groupId }, (broker) => askBroker(broker, request));
      return new Map(
        found.flatMap(({ topic, partition, offset, metadata, unstable }): [string, GroupOffset][] => {
          const key = keyOf({ topic, partition });
          if (unstable) return [[key, 'unstable']];
          if (offset === RESET_BY_KAFKAJS) return [[key, 'lost']];
          return offset < 0n ? [] : [[key, { offset, metadata }]];
        }),
      );
    },
    fence: async (other) => void (await takeId(other)),
    spent: () => spent,
    close: () => cluster.disconnect(),
  };
}

/** The requests of a transaction. */
function createRequests(coordinators: Coordinators, sender: Sender, scope: TransactionScope) {
  const ofId = { transactionalId: scope.transactionalId };

  async function addPartitions(batches: readonly OutBatch[]): Promise<void> {
    if (batches.length === 0) return;
    const topics = [...Map.groupBy(batches, ({ topic }) => topic)].map(([topic, group]) => ({
      topic,
      partitions: [...new Set(group.map(({ partition }) => partition))],
    }));
    await coordinators.ask(ofId, (broker) => broker.addPartitionsToTxn({ ...scope, topics }));
  }

  /** Throws OutputError where an output partition did not take its records. */
  async function produce(batches: readonly OutBatch[]): Promise<readonly BatchOutcome[]> {
    await addPartitions(batches);
    const outcomes = await sender.send(batches);
    for (const outcome of outcomes) throwUnlessWritten(outcome);
    return outcomes;
  }

  async function commitOffsets(commit: TxnOffsetCommit): Promise<void> {
    const { groupId } = commit;
    await coordinators.ask(ofId, (broker) => broker.addOffsetsToTxn({ ...scope, groupId }));
    await coordinators.ask({ groupId }, (broker) => askBroker(broker, txnOffsetCommit(scope, commit)));
  }

  return {
    /**
     * Records and offsets side by side, each after it was added to the transaction. All requests have ended before anything is
     * concluded from them: one that reached the broker after an abort would begin another transaction.
     */
    async write(batches: readonly OutBatch[], offsets: Transaction['offsets']): Promise<readonly BatchOutcome[]> {
      const [sent, committed] = await Promise.allSettled([produce(batches), offsets === undefined ? undefined : commitOffsets(offsets)]);
      // Of two failures the group's is the one to act on: this member's records are another's to process now.
      if (committed.status === 'rejected' && isNotMember(committed.reason)) throw committed.reason;
      if (sent.status === 'rejected') throw sent.reason;
      if (committed.status === 'rejected') throw committed.reason;
      return sent.value;
    },
    /** Asks once: a repetition that arrives late would end a later transaction. */
    end: (commit: boolean): Promise<unknown> =>
      coordinators.askOnce(ofId, (broker) => broker.endTxn({ ...scope, transactionResult: commit })),
  };
}
