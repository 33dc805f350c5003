import type { Clock } from '../../clock.ts';
import { within } from '../../retry.ts';
import type { Cluster } from './internals.ts';

/**
 * Disconnects once the requests in flight have ended, or after `ms`: then the sockets are destroyed, so that a broker that does not
 * respond keeps neither the caller nor the process. Never rejects.
 */
export async function disconnectWithin(cluster: Pick<Cluster, 'disconnect' | 'brokerPool'>, ms: number, clock: Clock): Promise<void> {
  const { brokers, seedBroker } = cluster.brokerPool;
  const all = [...Object.values(brokers), ...(seedBroker === undefined ? [] : [seedBroker])];
  if (await within(ms, cluster.disconnect(), clock)) return;
  for (const { connectionPool } of all) {
    for (const { socket } of connectionPool.pool) socket?.destroy(new Error('disconnected'));
  }
}
