import { createServer, type Server } from 'node:net';
import { socketOptions } from './create-fastify.ts';

export interface AcceptorsOptions {
  readonly host: string;
  readonly port: number;
  /** Connections that wait to be accepted, for each of them. */
  readonly backlog: number;
  /** The HTTP or HTTPS server that serves the connections; it listens on the same address with `reusePort`. */
  readonly server: Server;
}

export interface Acceptors {
  /** Accepts no new connection. Resolves once all accepted ones have closed. */
  close(): Promise<void>;
}

/**
 * A listening socket gives Node one new connection for each turn of its event loop. While outsiders open thousands, the turns
 * are long. A genuine connection would wait behind all of theirs for seconds, although no turn blocks the loop.
 * With several listening sockets the system spreads new connections over them, and each turn accepts one of each.
 */
const ACCEPTORS = 15;

/** Only Linux spreads connections over listening sockets of one address. */
export const reusesPort = process.platform === 'linux';

/** Listens on the address of the server with more sockets, where the system has that. */
export async function startAcceptors({ host, port, backlog, server }: AcceptorsOptions): Promise<Acceptors> {
  const acceptors = await Promise.all(
    Array.from({ length: reusesPort ? ACCEPTORS : 0 }, async () => {
      const acceptor = createServer(socketOptions, (socket) => server.emit('connection', socket));
      await listen(acceptor, { host, port, backlog, reusePort: true });
      return acceptor;
    }),
  );
  return {
    close: async () => void (await Promise.all(acceptors.map(close))),
  };
}

/** Rejects when another process listens on the address. With `reusePort` that would go unnoticed, and both would get requests. */
export async function refuseSharedAddress(host: string, port: number): Promise<void> {
  if (!reusesPort || port === 0) return;
  const probe = createServer();
  await listen(probe, { host, port });
  await close(probe);
}

function listen(server: Server, options: { host: string; port: number; backlog?: number; reusePort?: boolean }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
