import { readKafkajsError } from '../kafkajs/errors.ts';
import type { Broker, Cluster } from '../kafkajs/internals.ts';

/**
 * Takes a broker whose connection failed out of kafkajs's pool, so that the next look at the metadata goes to another
 * one and a new connection is made. A request that timed out leaves a connection that looks alive: it is closed.
 */
export function leaveBroker(cluster: Pick<Cluster, 'removeBroker'>, error: unknown, broker?: Broker): void {
  const { name, broker: address } = readKafkajsError(error);
  if (name !== 'KafkaJSConnectionClosedError' && name !== 'KafkaJSRequestTimeoutError') return;
  if (broker !== undefined) {
    cluster.removeBroker({ host: broker.connectionPool.host, port: broker.connectionPool.port });
    close(broker);
  } else if (address !== undefined) {
    const colon = address.lastIndexOf(':');
    cluster.removeBroker({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)) });
  }
}

function close(broker: Broker): void {
  broker
    .disconnect()
    .catch(() => undefined)
    .finally(() => {
      for (const { socket } of broker.connectionPool.pool) socket?.destroy();
    });
}
