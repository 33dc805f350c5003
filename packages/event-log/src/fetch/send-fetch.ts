import type { Clock } from '../clock.ts';
import { loadKafka } from '../kafkajs/client/client.ts';
import type { Broker } from '../kafkajs/cluster/internals.ts';
import { REQUEST_TIMEOUT_MS, type ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { renewConnections } from '../kafkajs/cluster/renew-connections.ts';
import type { Position } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import { pause, within } from '../retry.ts';
import { ResponseError, sendRaw } from '../wire/ask-broker.ts';
import { type FetchLimits, type FetchResponse, fetchRequest, readFetchResponse, type SessionPart, withoutSession } from '../wire/fetch.ts';
import { readBatches } from '../wire/read-batches.ts';
import type { FetchedPartition } from './fetched-partition.ts';

export interface FetchSettings extends FetchLimits {
  readonly clock: Clock;
}

/**
 * One Fetch request. Throws KafkaJSRequestTimeoutError after the request timeout, what the connection throws, which is replaced if it
 * failed, and RangeError for a malformed response.
 */
export async function sendFetch(cluster: ReadCluster, broker: Broker, settings: FetchSettings, part: SessionPart): Promise<FetchResponse> {
  try {
    const response = sendRaw(broker, fetchRequest(settings, part));
    // kafkajs measures its request timeout by the wall clock: a request without a response never ends where that is set back.
    if (await within(REQUEST_TIMEOUT_MS, response, settings.clock)) return readFetchResponse(await response);
    throw new (loadKafka().KafkaJSRequestTimeoutError)('Fetch timed out');
  } catch (error) {
    renewConnections(cluster, error, broker);
    throw error;
  }
}

/**
 * Reads one partition once, and waits as long as the broker throttles. `next` equals `from` if the broker has nothing to send yet.
 * Throws ResponseError when the broker refuses, LogError for a batch that is not readable, and what kafkajs throws.
 */
export async function fetchOnce(
  cluster: ReadCluster,
  nodeId: number,
  position: Position,
  settings: FetchSettings,
): Promise<FetchedPartition> {
  const broker = await cluster.findBroker({ nodeId });
  const { throttleMs, errorCode, partitions } = await sendFetch(cluster, broker, settings, withoutSession(position));
  if (throttleMs > 0) await pause(throttleMs, settings.clock);
  const data = partitions.find((found) => keyOf(found) === keyOf(position));
  const refused = errorCode === 0 ? (data?.errorCode ?? 0) : errorCode;
  if (refused !== 0) throw new ResponseError('Fetch', refused);
  const { topic, partition, offset: from } = position;
  if (data === undefined) return { topic, partition, records: [], from, next: from };
  const { records, next, unreadable } = readBatches(data.batches, position, data);
  if (unreadable !== undefined && next === from) throw unreadable;
  return { topic, partition, records, from, next };
}
