import type { KafkaClient } from '../../kafkajs/client/client.ts';
import { openProduceCluster } from '../../kafkajs/cluster/produce-cluster.ts';
import { renewConnections } from '../../kafkajs/cluster/renew-connections.ts';
import { protocolCode } from '../../kafkajs/errors/errors.ts';
import { retryWhile } from '../../retry.ts';
import { createSender, type Sender } from '../send-path/sender.ts';
import { countPartitions } from './count-partitions.ts';

/** One idempotent producer: a producer id, the connections it uses and the send path over them. */
export interface ProducerSession {
  readonly sender: Sender;
  /** How many partitions the topic has; undefined when it does not exist. Rejects when the cluster cannot say. */
  partitionsOf(topic: string): Promise<number | undefined>;
  /** Resolves when a broker responds. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type OpenProducerSession = (hooks: { readonly onRound: (progress: boolean) => void }) => Promise<ProducerSession>;

const STARTING = [14, 15, 16];
const STARTING_PAUSES_MS = [20, 50, 100];
const STARTING_FOR_MS = 3_000;
const TRANSACTION_TIMEOUT_MS = 60_000;

export function producerSessions(client: KafkaClient): OpenProducerSession {
  return async ({ onRound }) => {
    const cluster = openProduceCluster(client);
    try {
      await cluster.connect();
      const broker = cluster.brokerPool.seedBroker;
      if (broker === undefined) throw new Error('connected without a broker');
      const init = { transactionalId: undefined, transactionTimeout: TRANSACTION_TIMEOUT_MS };
      // A broker that has just started hands out no ids for a moment.
      const { producerId, producerEpoch } = await retryWhile(() => broker.initProducerId(init), {
        retriable: (error) => STARTING.includes(protocolCode(error) ?? 0),
        pausesMs: STARTING_PAUSES_MS,
        forMs: STARTING_FOR_MS,
      });
      const sender = createSender({
        cluster,
        identity: { producerId: BigInt(producerId), producerEpoch, transactionalId: null },
        logger: client.logger,
        onRound,
      });
      return {
        sender,
        partitionsOf: (topic) => countPartitions(cluster, topic),
        async ping() {
          try {
            await cluster.refreshMetadata();
          } catch (error) {
            renewConnections(cluster, error);
            throw error;
          }
        },
        close: () => cluster.disconnect(),
      };
    } catch (error) {
      // The connections may hang on a broker that does not respond: no caller waits for their end.
      cluster.disconnect().catch(() => undefined);
      throw error;
    }
  };
}
