import { randomUUID } from 'node:crypto';
import type { ReceiverCalls } from '../workers/receiver.ts';
import type { BenchStack } from './bench-stack.ts';
import { startWorker, type Worker } from './rpc.ts';

const EVENT_TYPE = 'ms.MessagingEventNotification.ContentEvent';

/** Installs of as many tenants, each with an HTTPS endpoint with a dedicated origin; all endpoints in one process. */
export interface Endpoints {
  readonly worker: Worker<ReceiverCalls>;
  /** By endpoint: the tenant whose messages it receives. */
  readonly tenants: readonly string[];
}

export async function startEndpoints(stack: BenchStack, count: number, maxRetries = 0): Promise<Endpoints> {
  const worker = startWorker<ReceiverCalls>('receiver');
  const ports = await worker.call('listen', { certificate: await stack.authority.issue(), endpoints: count });
  const tenants = ports.map(() => randomUUID());
  for (const [index, tenant] of tenants.entries()) {
    const webhook = { endpoint: `https://127.0.0.1:${ports[index]}/webhook`, max_retries: maxRetries };
    const id = `bench-${index}`;
    await stack.install(id, { client_name: id, filter: { tenants: [tenant] }, capabilities: { webhooks: { [EVENT_TYPE]: webhook } } });
  }
  return { worker, tenants };
}
