import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ServerCertificate } from '@switchboard/local-stack';
import { preciseNow } from '../support/clock.ts';
import { serveCalls } from '../support/rpc.ts';

export interface Arrival {
  /** Number of the endpoint, from 0. */
  readonly endpoint: number;
  /** Conversation or call id of the event. */
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

let hanging = new Set<number>();
let arrivals: Arrival[] = [];
let count = 0;

function handle(endpoint: number, request: IncomingMessage, response: ServerResponse): void {
  const at = preciseNow();
  request.resume();
  request.once('end', () => {
    count += 1;
    arrivals.push({ endpoint, subject: String(request.headers['ce-subject']), at });
    if (!hanging.has(endpoint)) response.writeHead(200, { 'content-length': 0 }).end();
  });
}

/** Listens on a port for each endpoint; gives the ports. */
async function listen({ certificate, endpoints }: { certificate: ServerCertificate; endpoints: number }): Promise<number[]> {
  const servers = Array.from({ length: endpoints }, (_, endpoint) =>
    createServer({ ...certificate, keepAliveTimeout: 60_000 }, (request, response) => handle(endpoint, request, response)),
  );
  return Promise.all(
    servers.map(async (server) => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return (server.address() as AddressInfo).port;
    }),
  );
}

const calls = {
  listen,
  /** These endpoints take requests and never answer; the others answer 200 at once. */
  hang(endpoints: readonly number[]): void {
    hanging = new Set(endpoints);
  },
  count: (_argument: null): number => count,
  /** Requests since the last call, in order of arrival. */
  take(_argument: null): Arrival[] {
    const taken = arrivals;
    arrivals = [];
    return taken;
  },
};
export type ReceiverCalls = typeof calls;
serveCalls(calls);
