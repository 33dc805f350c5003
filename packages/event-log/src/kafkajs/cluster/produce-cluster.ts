import type { KafkaClient } from '../client/client.ts';
import { createCluster } from './create-cluster.ts';
import type { Cluster } from './internals.ts';
import { READ_COMMITTED } from './read-cluster.ts';

/** A request that takes longer is lost, and its broker left aside. Above what a broker may take to have records replicated. */
const REQUEST_TIMEOUT_MS = 6_000;
const METADATA_MAX_AGE_MS = 60_000;

/**
 * A cluster for writing. kafkajs's own retries are off: every caller here has a loop that also looks for another broker, which
 * kafkajs's do not.
 */
export function openProduceCluster(client: KafkaClient): Cluster {
  return createCluster(client.open({ retry: { retries: 0 }, requestTimeout: REQUEST_TIMEOUT_MS }), {
    allowAutoTopicCreation: false,
    isolationLevel: READ_COMMITTED,
    metadataMaxAge: METADATA_MAX_AGE_MS,
  });
}
