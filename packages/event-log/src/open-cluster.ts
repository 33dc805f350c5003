import type { KafkaClient } from './client.ts';
import type { Cluster } from './kafkajs/internals.ts';
import { clusterOfProducer } from './send-path/send-messages.ts';

/** A request that takes longer is lost, and its broker left aside. Above what a broker may take to have records replicated. */
const REQUEST_TIMEOUT_MS = 6_000;
const METADATA_MAX_AGE_MS = 60_000;

/**
 * A set of connections of its own. kafkajs hands its cluster object to the send path only, so a producer is made for
 * that and used for nothing else. Its own retries are off: every caller here has a loop that also looks for another
 * broker, which kafkajs's do not.
 */
export function openCluster(client: KafkaClient): Cluster {
  const partitioner = (): number => 0;
  client.open({ retry: { retries: 0 }, requestTimeout: REQUEST_TIMEOUT_MS }).producer({
    createPartitioner: () => partitioner,
    allowAutoTopicCreation: false,
    metadataMaxAge: METADATA_MAX_AGE_MS,
  });
  const cluster = clusterOfProducer(partitioner);
  if (cluster === undefined) throw new Error('kafkajs did not hand its cluster to the send path');
  return cluster;
}
