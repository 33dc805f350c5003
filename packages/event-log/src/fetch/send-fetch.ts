import type { Broker } from '../kafkajs/cluster/internals.ts';
import type { ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { renewConnections } from '../kafkajs/cluster/renew-connections.ts';
import type { Position } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import { ResponseError, sendRaw } from '../wire/ask-broker.ts';
import { type FetchLimits, type FetchResponse, fetchRequest, readFetchResponse, type SessionPart, withoutSession } from '../wire/fetch.ts';
import { readBatches } from '../wire/read-batches.ts';
import type { FetchedPartition } from './fetched-partition.ts';

/** One Fetch request. Throws what the connection throws, which is replaced if it failed, and RangeError for a malformed response. */
export async function sendFetch(cluster: ReadCluster, broker: Broker, limits: FetchLimits, session: SessionPart): Promise<FetchResponse> {
  try {
    return readFetchResponse(await sendRaw(broker, fetchRequest(limits, session)));
  } catch (error) {
    renewConnections(cluster, error, broker);
    throw error;
  }
}

/**
 * Reads one partition once. `next` equals `from` if the broker has nothing to send yet. Throws ResponseError when the broker
 * refuses, LogError for a batch that is not readable, and what kafkajs throws.
 */
export async function fetchOnce(cluster: ReadCluster, nodeId: number, position: Position, limits: FetchLimits): Promise<FetchedPartition> {
  const broker = await cluster.findBroker({ nodeId });
  const { errorCode, partitions } = await sendFetch(cluster, broker, limits, withoutSession(position));
  const data = partitions.find((found) => keyOf(found) === keyOf(position));
  const refused = errorCode === 0 ? (data?.errorCode ?? 0) : errorCode;
  if (refused !== 0) throw new ResponseError('Fetch', refused);
  const { topic, partition, offset: from } = position;
  if (data === undefined) return { topic, partition, records: [], from, next: from };
  const { records, next, unreadable } = readBatches(data.batches, position, data);
  if (unreadable !== undefined && next === from) throw unreadable;
  return { topic, partition, records, from, next };
}
