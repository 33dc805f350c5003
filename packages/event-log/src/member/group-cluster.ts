import type { KafkaClient } from '../kafkajs/client/client.ts';
import { createCluster } from '../kafkajs/cluster/create-cluster.ts';
import type { Cluster } from '../kafkajs/cluster/internals.ts';
import { READ_COMMITTED } from '../kafkajs/cluster/read-cluster.ts';

const METADATA_MAX_AGE_MS = 300_000;
/** A heartbeat that gets no response is repeated within the session. */
const REQUESTS_IN_SESSION = 3;

/** Milliseconds that a request to the group may take, a heartbeat too. */
export function heartbeatTimeoutMs(sessionTimeoutMs: number): number {
  return sessionTimeoutMs / REQUESTS_IN_SESSION;
}

/** A cluster for the requests of one member to its group. kafkajs's own retries are off: the member has a loop. */
export function openGroupCluster(client: KafkaClient, sessionTimeoutMs: number): Cluster {
  return createCluster(client.open({ retry: { retries: 0 }, requestTimeout: heartbeatTimeoutMs(sessionTimeoutMs) }), {
    allowAutoTopicCreation: false,
    isolationLevel: READ_COMMITTED,
    metadataMaxAge: METADATA_MAX_AGE_MS,
  });
}
