import type { Broker, Cluster } from '../kafkajs/cluster/internals.ts';
import { renewConnections } from '../kafkajs/cluster/renew-connections.ts';
import { askBroker, ResponseError, type WireRequest } from '../wire/ask-broker.ts';
import { findCoordinator } from '../wire/find-coordinator.ts';
import { decide } from './membership.ts';

/** Requests to the coordinator of a group, wherever that is now. */
export interface GroupCoordinator {
  /** Asks once. ResponseError also where the group has no coordinator now or is not authorized. */
  ask<Response>(request: WireRequest<Response>): Promise<Response>;
}

export function createGroupCoordinator(cluster: Cluster, groupId: string): GroupCoordinator {
  let known: Broker | undefined;
  return {
    async ask(request) {
      let broker: Broker | undefined;
      try {
        known ??= await cluster.findBroker({ nodeId: await find(cluster, groupId) });
        broker = known;
        return await askBroker(broker, request);
      } catch (error) {
        if (decide(error instanceof ResponseError ? error.code : undefined) === 'repeat') known = undefined;
        renewConnections(cluster, error, broker);
        throw error;
      }
    },
  };
}

/** The node id of the coordinator, from the first broker that responds. kafkajs's own look-up hides the error codes. */
async function find(cluster: Cluster, groupId: string): Promise<number> {
  let failure: unknown = new Error('no broker is known');
  const nodeIds = Object.keys(cluster.brokerPool.brokers).map(Number);
  // From another one each time: the first may be the one that is away.
  const from = Math.floor(Math.random() * nodeIds.length);
  for (const nodeId of [...nodeIds.slice(from), ...nodeIds.slice(0, from)]) {
    let broker: Broker | undefined;
    try {
      broker = await cluster.findBroker({ nodeId });
      return await askBroker(broker, findCoordinator(groupId));
    } catch (error) {
      if (error instanceof ResponseError) throw error;
      failure = error;
      renewConnections(cluster, error, broker);
    }
  }
  throw failure;
}
