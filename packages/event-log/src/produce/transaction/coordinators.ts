import type { Clock } from '../../clock.ts';
import { type Broker, type Cluster, TRANSACTION_COORDINATOR } from '../../kafkajs/cluster/internals.ts';
import { renewConnections } from '../../kafkajs/cluster/renew-connections.ts';
import { isKafkajsError, protocolCode } from '../../kafkajs/errors/errors.ts';
import { retryWhile } from '../../retry.ts';

/** Requests to the coordinator of a transactional id or of a group, wherever that is now. */
export interface Coordinators {
  /** Asks, and asks again while the coordinator moves or ends the last transaction: for requests that may be repeated. */
  ask<Response>(of: Coordinator, request: (broker: Broker) => Promise<Response>): Promise<Response>;
  /** Asks once: for a request whose repetition could do harm. */
  askOnce<Response>(of: Coordinator, request: (broker: Broker) => Promise<Response>): Promise<Response>;
}

export type Coordinator = { readonly transactionalId: string } | { readonly groupId: string };

const CONCURRENT_TRANSACTIONS = 51;
const NOT_HERE = [14, 15, 16];

interface CoordinatorsOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly forMs: number;
  /** A request was sent and got no response: it may reach the broker at any later time. */
  readonly onLost: () => void;
}

export function createCoordinators({ cluster, clock, forMs, onLost }: CoordinatorsOptions): Coordinators {
  const known = new Map<string, Broker>();

  async function find(of: Coordinator): Promise<Broker> {
    const name = JSON.stringify(of);
    const cached = known.get(name);
    if (cached !== undefined) return cached;
    const found = await cluster.findGroupCoordinator(
      'groupId' in of ? { groupId: of.groupId } : { groupId: of.transactionalId, coordinatorType: TRANSACTION_COORDINATOR },
    );
    known.set(name, found);
    return found;
  }

  async function askOnce<Response>(of: Coordinator, request: (broker: Broker) => Promise<Response>): Promise<Response> {
    let broker: Broker | undefined;
    try {
      broker = await find(of);
      return await request(broker);
    } catch (error) {
      const code = protocolCode(error);
      if (code === undefined || NOT_HERE.includes(code)) known.clear();
      if (code === undefined && broker !== undefined) onLost();
      renewConnections(cluster, error, broker);
      throw error;
    }
  }

  return {
    askOnce,
    async ask(of, request) {
      let lost = false;
      return await retryWhile(
        async () => {
          // A broker whose connections were dropped is found again through the metadata.
          if (lost) await cluster.refreshMetadata();
          lost = false;
          return await askOnce(of, request);
        },
        {
          clock,
          forMs,
          retriable(error) {
            const code = protocolCode(error);
            lost = code === undefined;
            return code === undefined ? isKafkajsError(error) : code === CONCURRENT_TRANSACTIONS || NOT_HERE.includes(code);
          },
        },
      );
    },
  };
}
