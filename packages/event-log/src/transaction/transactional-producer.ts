import type { KafkaClient } from '../client.ts';
import { type Clock, systemClock } from '../clock.ts';
import { protocolCode } from '../kafkajs/errors.ts';
import type { Cluster } from '../kafkajs/internals.ts';
import type { OutRecord, Position, TopicPartition } from '../log.ts';
import type { LogLogger } from '../logger.ts';
import { openCluster } from '../open-cluster.ts';
import { partitionOf } from '../partition-of.ts';
import type { BatchOutcome, OutBatch } from '../send-path/batch.ts';
import { INVALID_PRODUCER_EPOCH, PRODUCER_FENCED } from '../send-path/produce-errors.ts';
import { BrokerRefusal, createSender } from '../send-path/sender.ts';
import { splitBatches } from '../send-path/split-batches.ts';
import { createCoordinators } from './coordinators.ts';
import { TransactionError } from './transaction-error.ts';

export interface Transaction {
  readonly records: readonly OutRecord[];
  /** Committed with the records: the next offset to be processed of an input partition, with metadata where there is any. */
  readonly offset?: { readonly groupId: string; readonly position: Position; readonly metadata?: string | undefined };
}

export interface CommittedOffset {
  readonly offset: bigint;
  readonly metadata: string;
}

/** The one holder of a transactional id. Transactions are run one at a time; after a TransactionError, or once it is spent, it is of no more use. */
export interface TransactionalProducer {
  /** Writes all or nothing. Answers the positions of the records. Throws TransactionError. */
  run(transaction: Transaction): Promise<readonly Position[]>;
  /**
   * The committed offset of a group with its metadata, empty where there is none; undefined without an offset. `lost`: there
   * was one, and kafkajs replaced it when the log no longer had it.
   */
  committed(groupId: string, partition: TopicPartition): Promise<CommittedOffset | 'lost' | undefined>;
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
const FENCED = [INVALID_PRODUCER_EPOCH, PRODUCER_FENCED];
const INVALID_TXN_STATE = 48;
/** What kafkajs commits when a fetch is answered with OFFSET_OUT_OF_RANGE: the number that stands for the beginning in look-ups. */
const RESET_BY_KAFKAJS = -2n;

/**
 * Takes the transactional id: when this resolves, no older holder can write under it any more, and what it had begun is
 * aborted or, if its commit had been accepted, visible.
 */
export async function openTransactionalProducer(
  client: KafkaClient,
  options: TransactionalProducerOptions,
): Promise<TransactionalProducer> {
  const cluster = openCluster(client);
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
  /** In the transaction that is going on. */
  let requestsLost = 0;
  const onLost = (): void => {
    requestsLost += 1;
  };
  const coordinators = createCoordinators({ cluster, clock, forMs: transactionTimeoutMs, onLost });
  const ofTransactions = { transactionalId };
  const { producerId, producerEpoch } = await coordinators.ask(ofTransactions, (broker) =>
    broker.initProducerId({ transactionalId, transactionTimeout: transactionTimeoutMs }),
  );
  const scope = { transactionalId, producerId, producerEpoch };
  const sender = createSender({
    cluster,
    identity: { producerId: BigInt(producerId), producerEpoch, transactionalId },
    logger,
    clock,
    // Later the broker has ended the transaction anyway.
    discardAfterMs: transactionTimeoutMs,
    onLost,
  });

  async function addPartitions(batches: readonly OutBatch[]): Promise<void> {
    if (batches.length === 0) return;
    const topics = [...Map.groupBy(batches, ({ topic }) => topic)].map(([topic, group]) => ({
      topic,
      partitions: [...new Set(group.map(({ partition }) => partition))],
    }));
    await coordinators.ask(ofTransactions, (broker) => broker.addPartitionsToTxn({ ...scope, topics }));
  }

  async function commitOffset({ groupId, position, metadata }: NonNullable<Transaction['offset']>): Promise<void> {
    const { topic, partition, offset } = position;
    const topics = [{ topic, partitions: [{ partition, offset: String(offset), metadata }] }];
    await coordinators.ask(ofTransactions, (broker) => broker.addOffsetsToTxn({ ...scope, groupId }));
    await coordinators.ask({ groupId }, (broker) => broker.txnOffsetCommit({ ...scope, groupId, topics }));
  }

  const endTransaction = (commit: boolean): Promise<unknown> =>
    coordinators.askOnce(ofTransactions, (broker) => broker.endTxn({ ...scope, transactionResult: commit }));

  async function produce(batches: readonly OutBatch[]): Promise<readonly BatchOutcome[]> {
    await addPartitions(batches);
    return await sender.send(batches);
  }

  /**
   * Records and offset side by side, each after it was added to the transaction, and all requests at their end before
   * anything is concluded from them: one that reached the broker after an abort would begin another transaction.
   */
  async function write(batches: readonly OutBatch[], offset: Transaction['offset']): Promise<readonly BatchOutcome[]> {
    const [sent, committed] = await Promise.allSettled([produce(batches), offset === undefined ? undefined : commitOffset(offset)]);
    if (sent.status === 'rejected') throw sent.reason;
    for (const outcome of sent.value) throwUnlessWritten(outcome);
    if (committed.status === 'rejected') throw committed.reason;
    return sent.value;
  }

  async function runWithin({ records, offset }: Transaction, expired: () => boolean): Promise<readonly Position[]> {
    let outcomes: readonly BatchOutcome[] = [];
    let placed: Placed = { batches: [], positionOf: () => [] };
    try {
      placed = await place(cluster, records);
      outcomes = await write(placed.batches, offset);
    } catch (error) {
      if (!isFenced(error)) await endTransaction(false).catch(() => undefined);
      const failure = expired() ? 'timed-out' : isFenced(error) ? 'fenced' : 'aborted';
      throw new TransactionError(failure, `${transactionalId}: the transaction failed`, { cause: error });
    }
    if (placed.batches.length === 0 && offset === undefined) return [];
    try {
      await endTransaction(true);
    } catch (error) {
      const refused = isFenced(error) ? 'fenced' : protocolCode(error) === INVALID_TXN_STATE ? 'aborted' : undefined;
      const failure = refused === undefined ? 'unknown' : expired() ? 'timed-out' : refused;
      throw new TransactionError(failure, `${transactionalId}: the commit failed`, { cause: error });
    }
    if (requestsLost > 0) spent = true;
    return placed.positionOf(outcomes);
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
    async committed(groupId, { topic, partition }) {
      const { responses } = await coordinators.ask({ groupId }, (broker) =>
        broker.offsetFetch({ groupId, topics: [{ topic, partitions: [{ partition }] }] }),
      );
      const found = responses.find((response) => response.topic === topic)?.partitions.find((each) => each.partition === partition);
      if (found === undefined) return undefined;
      const offset = BigInt(found.offset);
      if (offset === RESET_BY_KAFKAJS) return 'lost';
      return offset < 0n ? undefined : { offset, metadata: found.metadata ?? '' };
    },
    spent: () => spent,
    close: () => cluster.disconnect(),
  };
}

interface Placed {
  readonly batches: readonly OutBatch[];
  positionOf(outcomes: readonly BatchOutcome[]): readonly Position[];
}

/** Each record in a batch of its partition, and the way back from the batches' offsets to the records in their order. */
async function place(cluster: Cluster, records: readonly OutRecord[]): Promise<Placed> {
  const topics = [...new Set(records.map(({ topic }) => topic))];
  if (topics.length > 0) {
    await cluster.addMultipleTargetTopics(topics);
    await cluster.refreshMetadataIfNecessary();
  }
  const now = Date.now();
  const indexes = new Map<string, { topic: string; partition: number; records: number[] }>();
  for (const [index, { topic, key, partition: given }] of records.entries()) {
    const partition = given ?? partitionOf(key, cluster.findTopicPartitionMetadata(topic).length);
    const name = `${topic}/${partition}`;
    const group = indexes.get(name) ?? { topic, partition, records: [] };
    group.records.push(index);
    indexes.set(name, group);
  }
  const groups = [...indexes.values()].map((group) => ({
    ...group,
    batches: splitBatches({
      topic: group.topic,
      partition: group.partition,
      records: group.records.map((index) => {
        const { key, value, headers = [], timestamp = now } = records[index] as OutRecord;
        return { key, value, headers, timestamp };
      }),
    }),
  }));
  return {
    batches: groups.flatMap(({ batches }) => batches),
    positionOf(outcomes) {
      const positions = new Array<Position>(records.length);
      let batchIndex = 0;
      for (const { topic, partition, records: members, batches } of groups) {
        let member = 0;
        for (const batch of batches) {
          const outcome = outcomes[batchIndex];
          batchIndex += 1;
          const base = outcome?.kind === 'written' ? outcome.baseOffset : -1n;
          for (let within = 0; within < batch.records.length; within += 1) {
            positions[members[member] as number] = { topic, partition, offset: base < 0n ? base : base + BigInt(within) };
            member += 1;
          }
        }
      }
      return positions;
    },
  };
}

function throwUnlessWritten(outcome: BatchOutcome): void {
  switch (outcome.kind) {
    case 'written':
      return;
    case 'refused':
      throw new BrokerRefusal(outcome.errorCode, `a batch was refused with error ${outcome.errorCode}`);
    case 'unsent':
    case 'unknown':
      throw outcome.cause;
    default:
      outcome satisfies never;
  }
}

function isFenced(error: unknown): boolean {
  const code = error instanceof BrokerRefusal ? error.errorCode : protocolCode(error);
  return code !== undefined && FENCED.includes(code);
}
