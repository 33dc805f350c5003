import { within } from '../../retry.ts';
import { readKafkajsError } from '../errors/errors.ts';
import type { Broker, Cluster, ConnectionPool } from './internals.ts';

type Connected = Pick<Broker, 'connectionPool'>;

/**
 * Gives a broker whose connection failed new connections. kafkajs keeps the old ones: after a request that timed out they
 * look alive, so that every look at the metadata may wait for them again; and after a cut they may have half a response,
 * which the next response is then read behind. Its own removeBroker is no way out: it may leave its pool without a
 * seed broker, in the middle of a refresh that needs one.
 */
export function renewConnections(cluster: Pick<Cluster, 'brokerPool' | 'connectionPoolBuilder'>, error: unknown, broker?: Connected): void {
  if (!CONNECTION_FAILURES.has(readKafkajsError(error).name)) return;
  for (const failed of broker === undefined ? brokersAt(cluster, readKafkajsError(error).broker) : [broker]) {
    renew(cluster, failed).catch(() => undefined);
  }
}

/** Gives all brokers new connections: of requests that found no broker it is not known on which connection they failed. */
export async function renewAllConnections(cluster: Pick<Cluster, 'brokerPool' | 'connectionPoolBuilder'>): Promise<void> {
  await Promise.all(brokersOf(cluster).map((broker) => renew(cluster, broker)));
}

const LONGEST_CLOSE_MS = 6_000;
const CONNECTION_FAILURES = new Set(['KafkaJSConnectionError', 'KafkaJSConnectionClosedError', 'KafkaJSRequestTimeoutError']);

async function renew({ connectionPoolBuilder }: Pick<Cluster, 'connectionPoolBuilder'>, broker: Connected): Promise<void> {
  const old = broker.connectionPool;
  const { host, port, rack } = old;
  const fresh = await connectionPoolBuilder.build({ host, port, rack });
  // Another failure of the same connections may have been quicker.
  if (broker.connectionPool !== old) return;
  broker.connectionPool = fresh;
  void close(old);
}

/** Waits for the requests in flight, 6 s at most, then closes the sockets, also of a peer that no longer responds. */
async function close(pool: ConnectionPool): Promise<void> {
  await within(LONGEST_CLOSE_MS, pool.destroy());
  for (const { socket } of pool.pool) socket?.destroy();
}

function brokersOf({ brokerPool: { brokers, seedBroker } }: Pick<Cluster, 'brokerPool'>): readonly Connected[] {
  return [...new Set([...Object.values(brokers), ...(seedBroker === undefined ? [] : [seedBroker])])];
}

function brokersAt(cluster: Pick<Cluster, 'brokerPool'>, address: string | undefined): readonly Connected[] {
  return brokersOf(cluster).filter(({ connectionPool: { host, port } }) => `${host}:${port}` === address);
}
