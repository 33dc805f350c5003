import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestCertificate } from './test-authority.ts';

/** A request as it arrived. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (request: Received, response: ServerResponse) => void;

export interface TestReceiver {
  readonly url: string;
  readonly requests: readonly Received[];
  /** Connections accepted so far. */
  connections(): number;
  answer(answer: Answer): void;
  stop(): Promise<void>;
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Answers with a status and an empty body. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) => response.writeHead(code, headers).end();
}

/** An HTTPS endpoint on loopback that records what arrives; it answers 200 unless told otherwise. */
export async function startTestReceiver(certificate: TestCertificate, address = '127.0.0.1'): Promise<TestReceiver> {
  const requests: Received[] = [];
  let connections = 0;
  let answer: Answer = status(200);
  const server: Server = createServer(certificate, (request, response) => {
    readAll(request).then(
      (body) => {
        const received = { path: request.url ?? '', headers: request.headers, body };
        requests.push(received);
        answer(received, response);
      },
      () => response.destroy(),
    );
  });
  server.on('connection', () => connections++);
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://${address.includes(':') ? `[${address}]` : address}:${port}`,
    requests,
    connections: () => connections,
    answer: (next) => {
      answer = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
