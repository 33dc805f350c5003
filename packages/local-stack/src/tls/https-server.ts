import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ServerCertificate } from './certificate-authority.ts';

/** Where a server listens. */
export interface Listening {
  /** 0 takes any free one. */
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
}

/** A listening HTTPS server. */
export interface HttpsServer {
  readonly port: number;
  /** `https://127.0.0.1:<port>`, also when it listens elsewhere too. */
  readonly origin: string;
  /** Connections accepted so far. */
  connections(): number;
  /** Cuts every connection and closes. */
  stop(): Promise<void>;
}

/** Rejects when the port is taken. */
export async function listenHttps(
  certificate: ServerCertificate,
  { port, host = '127.0.0.1' }: Listening,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<HttpsServer> {
  let connections = 0;
  const server = createServer(certificate, handle);
  server.on('secureConnection', () => {
    connections += 1;
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    port: bound,
    origin: `https://127.0.0.1:${bound}`,
    connections: () => connections,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
