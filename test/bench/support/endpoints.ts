import type { Stack } from '@switchboard/local-stack';
import type { ReceiverCalls } from '../workers/receiver.ts';
import { startWorker, type Worker } from './rpc.ts';

/** HTTPS endpoints in a process of their own, each an origin of its own, trusted by the stack's services. */
export interface Endpoints {
  readonly worker: Worker<ReceiverCalls>;
  readonly urls: readonly string[];
}

export async function startEndpoints(stack: Pick<Stack, 'authority'>, count: number): Promise<Endpoints> {
  const worker = startWorker<ReceiverCalls>('receiver');
  const ports = await worker.call('listen', { certificate: await stack.authority.issue(), endpoints: count });
  return { worker, urls: ports.map((port) => `https://127.0.0.1:${port}/webhook`) };
}
