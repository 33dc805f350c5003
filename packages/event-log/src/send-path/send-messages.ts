import { isKafkajsError, protocolCode } from '../kafkajs/errors.ts';
import type { Cluster, EosManager, InternalLogger, PartitionMetadata } from '../kafkajs/internals.ts';
import type { Header } from '../log.ts';
import { retryWhile } from '../retry.ts';
import type { OutBatch } from './batch.ts';
import type { BatchRecord } from './record-batch.ts';
import { createSender, type Sender } from './sender.ts';
import { splitBatches } from './split-batches.ts';

export interface KafkajsMessage {
  readonly key?: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly partition?: number | null;
  readonly headers?: Readonly<Record<string, Buffer | string | readonly (Buffer | string)[] | undefined>>;
  readonly timestamp?: string | number;
}

export type Partitioner = (args: { topic: string; partitionMetadata: readonly PartitionMetadata[]; message: KafkajsMessage }) => number;

interface Context {
  readonly logger: InternalLogger;
  readonly cluster: Cluster;
  readonly partitioner: Partitioner;
  readonly eosManager: EosManager;
}

interface Request {
  readonly acks?: number;
  readonly compression?: number;
  readonly topicMessages: readonly { readonly topic: string; readonly messages: readonly KafkajsMessage[] }[];
}

interface RecordMetadata {
  readonly topicName: string;
  readonly partition: number;
  readonly errorCode: 0;
  readonly baseOffset: string;
}

/** A send failed; whether its records were written is said by `written`. */
export class SendError extends Error {
  override readonly name = 'SwitchboardSendError';
  readonly written: 'no' | 'unknown';
  readonly errorCode: number | undefined;
  // Read by kafkajs's own retriers.
  readonly retriable = false;

  constructor(message: string, options: { written: 'no' | 'unknown'; errorCode?: number | undefined; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.written = options.written;
    this.errorCode = options.errorCode;
  }
}

const senders = new WeakMap<EosManager, { readonly identity: string; readonly sender: Sender }>();
const clusters = new WeakMap<Partitioner, Cluster>();

/** The cluster object that kafkajs made for the producer with this partitioner. */
export function clusterOfProducer(partitioner: Partitioner): Cluster | undefined {
  return clusters.get(partitioner);
}

/** Takes the place of kafkajs's `producer/sendMessages`: same signature, our send path. */
export function createSendMessages(context: Context): (request: Request) => Promise<readonly RecordMetadata[]> {
  clusters.set(context.partitioner, context.cluster);
  return async ({ acks = -1, compression = 0, topicMessages }) => {
    if (acks !== -1 || compression !== 0) {
      throw new SendError('only acks -1 and no compression are offered', { written: 'no' });
    }
    const batches = await toBatches(context, topicMessages);
    if (context.eosManager.isTransactional()) await addToTransaction(context.eosManager, batches);
    const outcomes = await senderOf(context).send(batches);
    return outcomes.map((outcome, index): RecordMetadata => {
      const { topic, partition } = batches[index] as OutBatch;
      switch (outcome.kind) {
        case 'written':
          return { topicName: topic, partition, errorCode: 0, baseOffset: String(outcome.baseOffset) };
        case 'refused':
          throw new SendError(`${topic}/${partition}: refused with error ${outcome.errorCode}`, {
            written: 'no',
            errorCode: outcome.errorCode,
          });
        case 'unsent':
        case 'unknown':
          throw new SendError(`${topic}/${partition}: the producer was discarded`, {
            written: outcome.kind === 'unsent' ? 'no' : 'unknown',
            cause: outcome.cause,
          });
        default:
          return outcome satisfies never;
      }
    });
  };
}

function senderOf({ eosManager, cluster, logger }: Context): Sender {
  const identity = {
    producerId: BigInt(eosManager.getProducerId()),
    producerEpoch: eosManager.isInitialized() ? eosManager.getProducerEpoch() : -1,
    transactionalId: eosManager.isTransactional() ? (eosManager.getTransactionalId() ?? null) : null,
  };
  const name = `${identity.producerId}/${identity.producerEpoch}`;
  const known = senders.get(eosManager);
  if (known?.identity === name) return known.sender;
  const sender = createSender({
    cluster,
    identity,
    logger: {
      debug: (fields, message) => logger.debug(message, fields),
      info: (fields, message) => logger.info(message, fields),
      warn: (fields, message) => logger.warn(message, fields),
      error: (fields, message) => logger.error(message, fields),
    },
  });
  senders.set(eosManager, { identity: name, sender });
  return sender;
}

const CONCURRENT_TRANSACTIONS = 51;
const COORDINATOR_MOVES = [14, 15, 16];

/** One request for all partitions, before anything is produced: while the last transaction ends, the broker says to wait. */
async function addToTransaction(eosManager: EosManager, batches: readonly OutBatch[]): Promise<void> {
  const topicData = [...Map.groupBy(batches, ({ topic }) => topic)].map(([topic, group]) => ({
    topic,
    partitions: [...new Set(group.map(({ partition }) => partition))].map((partition) => ({ partition })),
  }));
  await retryWhile(() => eosManager.addPartitionsToTransaction(topicData), {
    retriable: (error) => {
      const code = protocolCode(error);
      return code === CONCURRENT_TRANSACTIONS || (code !== undefined && COORDINATOR_MOVES.includes(code));
    },
  });
}

async function toBatches({ cluster, partitioner }: Context, topicMessages: Request['topicMessages']): Promise<readonly OutBatch[]> {
  const findTopics = async (): Promise<void> => {
    await cluster.addMultipleTargetTopics(topicMessages.map(({ topic }) => topic));
    await cluster.refreshMetadataIfNecessary();
  };
  await retryWhile(findTopics, { retriable: (error) => isKafkajsError(error) && protocolCode(error) === undefined });
  const now = Date.now();
  return topicMessages.flatMap(({ topic, messages }) => {
    const partitionMetadata = cluster.findTopicPartitionMetadata(topic);
    const byPartition = Map.groupBy(messages, (message) => partitioner({ topic, partitionMetadata, message }));
    return [...byPartition].flatMap(([partition, group]) =>
      splitBatches({ topic, partition, records: group.map((message) => toRecord(message, now)) }),
    );
  });
}

function toRecord(message: KafkajsMessage, now: number): BatchRecord {
  return {
    key: toBytes(message.key),
    value: toBytes(message.value),
    headers: Object.entries(message.headers ?? {}).flatMap(([name, value]) =>
      [value].flat().flatMap((each): Header[] => (each === undefined ? [] : [[name, Buffer.from(each)]])),
    ),
    timestamp: message.timestamp === undefined ? now : Number(message.timestamp),
  };
}

function toBytes(value: Buffer | string | null | undefined): Buffer | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? Buffer.from(value) : value;
}
