import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

export interface HealthServerOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** What is missing before the service can take work; empty when ready. */
  readonly ready: () => readonly string[];
  readonly metrics: Pick<Metrics, 'text' | 'contentType'>;
  /** Handles requests for other paths; returns false for a path that it does not have. */
  readonly handle?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface HealthServer {
  readonly port: number;
  stop(): Promise<void>;
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(value));
}

function sendCheck(response: ServerResponse, problems: readonly string[]): void {
  if (problems.length === 0) sendJson(response, 200, { status: 'ok' });
  else sendJson(response, 503, { status: 'unavailable', problems });
}

async function sendMetrics(response: ServerResponse, metrics: HealthServerOptions['metrics']): Promise<void> {
  try {
    const text = await metrics.text();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  } catch {
    sendJson(response, 500, { status: 'metrics failed' });
  }
}

/** Serves /livez, /readyz (200, or 503 with the problems) and /metrics. Resolves once it listens. */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const server = createServer({ requestTimeout: 5_000, headersTimeout: 5_000 }, (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0];
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (reads && path === '/livez') sendJson(response, 200, { status: 'ok' });
    else if (reads && path === '/readyz') sendCheck(response, options.ready());
    else if (reads && path === '/metrics') void sendMetrics(response, options.metrics);
    else if (!options.handle?.(request, response)) sendJson(response, 404, { status: 'not found' });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
