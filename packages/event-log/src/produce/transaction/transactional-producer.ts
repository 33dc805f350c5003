import { type Clock, systemClock } from '../../clock.ts';
import type { KafkaClient } from '../../kafkajs/client/client.ts';
import type { Cluster } from '../../kafkajs/cluster/internals.ts';
import { openProduceCluster } from '../../kafkajs/cluster/produce-cluster.ts';
import { protocolCode } from '../../kafkajs/errors/errors.ts';
import type { OutRecord, Position, TopicPartition } from '../../log.ts';
import type { LogLogger } from '../../logger.ts';
import { keyOf } from '../../partition-key.ts';
import { partitionOf } from '../../partition-of.ts';
import { askBroker } from '../../wire/ask-broker.ts';
import { offsetFetch } from '../../wire/offset-fetch.ts';
import { type TxnOffsetCommit, txnOffsetCommit } from '../../wire/txn-offset-commit.ts';
import type { BatchOutcome, OutBatch } from '../send-path/batch.ts';
import { INVALID_PRODUCER_EPOCH, PRODUCER_FENCED } from '../send-path/produce-errors.ts';
import { BrokerRefusal, createSender } from '../send-path/sender.ts';
import { splitBatches } from '../send-path/split-batches.ts';
import { createCoordinators } from './coordinators.ts';
import { TransactionError } from './transaction-error.ts';

export interface Transaction {
  readonly records: readonly OutRecord[];
  /** Committed with the records: the next offsets to be processed of input partitions, as a member of the group. */
  readonly offsets?: TxnOffsetCommit;
}

export interface CommittedOffset {
  readonly offset: bigint;
  /** Empty where there is none. */
  readonly metadata: string;
}

/** `stable`: offsets that an open transaction may still change are told from the others. */
export type OffsetRequirement = 'stable' | 'any';

/**
 * `lost`: an offset was committed, and kafkajs replaced it when the log no longer had it. `unstable`: an open transaction may
 * still change it.
 */
export type GroupOffset = CommittedOffset | 'lost' | 'unstable';

/** The one holder of a transactional id. Transactions are run one at a time; after a TransactionError, or once it is spent, it is of no more use. */
export interface TransactionalProducer {
  /** Writes all or nothing. Answers the positions of the records. Throws TransactionError. */
  run(transaction: Transaction): Promise<readonly Position[]>;
  /** The committed offsets of a group, by `keyOf`; a partition without one is absent. */
  offsets(groupId: string, partitions: readonly TopicPartition[], require: OffsetRequirement): Promise<ReadonlyMap<string, GroupOffset>>;
  /** Takes another transactional id for a moment: its holder can write no more, and what that had begun is aborted or visible. */
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
const FENCED = [INVALID_PRODUCER_EPOCH, PRODUCER_FENCED];
const INVALID_TXN_STATE = 48;
// ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID
const NOT_MEMBER = [22, 25, 82];
// UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION, TOPIC_AUTHORIZATION_FAILED
const OF_OUTPUT = [3, 17, 29];
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

  async function commitOffsets(commit: TxnOffsetCommit): Promise<void> {
    const { groupId } = commit;
    await coordinators.ask(ofTransactions, (broker) => broker.addOffsetsToTxn({ ...scope, groupId }));
    await coordinators.ask({ groupId }, (broker) => askBroker(broker, txnOffsetCommit(scope, commit)));
  }

  const endTransaction = (commit: boolean): Promise<unknown> =>
    coordinators.askOnce(ofTransactions, (broker) => broker.endTxn({ ...scope, transactionResult: commit }));

  /** Throws OutputError where an output partition did not take its records. */
  async function produce(batches: readonly OutBatch[]): Promise<readonly BatchOutcome[]> {
    await addPartitions(batches);
    const outcomes = await sender.send(batches);
    for (const outcome of outcomes) throwUnlessWritten(outcome);
    return outcomes;
  }

  /**
   * Records and offsets side by side, each after it was added to the transaction, and all requests at their end before
   * anything is concluded from them: one that reached the broker after an abort would begin another transaction.
   */
  async function write(batches: readonly OutBatch[], offsets: Transaction['offsets']): Promise<readonly BatchOutcome[]> {
    const [sent, committed] = await Promise.allSettled([produce(batches), offsets === undefined ? undefined : commitOffsets(offsets)]);
    // Of two failures the group's is the one to act on: this member's records are another's to process now.
    if (committed.status === 'rejected' && isNotMember(committed.reason)) throw committed.reason;
    if (sent.status === 'rejected') throw sent.reason;
    if (committed.status === 'rejected') throw committed.reason;
    return sent.value;
  }

  async function runWithin({ records, offsets }: Transaction, expired: () => boolean): Promise<readonly Position[]> {
    let outcomes: readonly BatchOutcome[] = [];
    let placed: Placed = { batches: [], positionOf: () => [] };
    try {
      placed = await place(cluster, records);
      outcomes = await write(placed.batches, offsets);
    } catch (error) {
      if (!isFenced(error)) await endTransaction(false).catch(() => undefined);
      const failure = isNotMember(error) ? 'not-member' : expired() ? 'timed-out' : isFenced(error) ? 'fenced' : 'aborted';
      const atOutput = error instanceof OutputError || OF_OUTPUT.includes(protocolCode(error) ?? 0);
      throw new TransactionError(failure, `${transactionalId}: the transaction failed`, { cause: error, atOutput });
    }
    if (placed.batches.length === 0 && offsets === undefined) return [];
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
    async fence(other) {
      await coordinators.ask({ transactionalId: other }, (broker) =>
        broker.initProducerId({ transactionalId: other, transactionTimeout: transactionTimeoutMs }),
      );
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

/** An output partition did not take a batch; `cause` says why. */
class OutputError extends Error {
  override readonly name = 'OutputError';
}

function throwUnlessWritten(outcome: BatchOutcome): void {
  switch (outcome.kind) {
    case 'written':
      return;
    case 'refused':
      throw new OutputError('a batch was not written', {
        cause: new BrokerRefusal(outcome.errorCode, `a batch was refused with error ${outcome.errorCode}`),
      });
    case 'unsent':
    case 'unknown':
      throw new OutputError('a batch was not written', { cause: outcome.cause });
    default:
      outcome satisfies never;
  }
}

function isFenced(error: unknown): boolean {
  const cause = error instanceof OutputError ? error.cause : error;
  const code = cause instanceof BrokerRefusal ? cause.errorCode : protocolCode(cause);
  return code !== undefined && FENCED.includes(code);
}

function isNotMember(error: unknown): boolean {
  return NOT_MEMBER.includes(protocolCode(error) ?? 0);
}
