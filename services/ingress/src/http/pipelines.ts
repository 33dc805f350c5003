import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { Connection } from '../edge/connections.ts';
import { ignoreFurtherRequest } from '../edge/linger.ts';
import type { ConnectionOf } from './track-connections.ts';

/** Requests that a client may send ahead of its first response while it is not authenticated. No platform sends any. */
const MAX_AHEAD = 8;

/**
 * Serves one request at a time on a connection on which no sender was authenticated yet. Node parses all requests of a
 * packet at once: without this, one packet of an outsider could take every place among the unauthenticated requests.
 */
export interface Pipelines {
  /** The listener for `request` that calls the handler for each request whose turn it is. */
  gate(handler: RequestListener): RequestListener;
  /** The request whose turn it was is authenticated, or has its response. Further calls do nothing. */
  judged(connection: Connection): void;
}

export function createPipelines(connectionOf: ConnectionOf): Pipelines {
  /** Requests that wait, by the connection on which one is being judged. */
  const waiting = new WeakMap<Connection, (() => void)[]>();
  return {
    gate: (handler) => (request, response) => {
      const { socket } = request;
      const connection = connectionOf(socket);
      if (connection === undefined) return void socket.destroy();
      if (connection.closing) return ignoreFurtherRequest(socket);
      if (connection.isAuthenticated) return handler(request, response);
      const ahead = waiting.get(connection);
      if (ahead === undefined) {
        waiting.set(connection, []);
        return handler(request, response);
      }
      if (ahead.length < MAX_AHEAD) return void ahead.push(() => handler(request, response));
      connection.closing = true;
      destroyWithoutTraces(socket);
    },
    judged(connection) {
      const ahead = waiting.get(connection);
      if (ahead === undefined) return;
      waiting.delete(connection);
      // One that is closing is not authenticated, and its other requests get no response.
      if (!connection.closing) for (const proceed of ahead) proceed();
    },
  };
}

/**
 * Destroys a socket whose packet held many requests. When it closes, Node makes an error for each of them, and the stack
 * traces of these take as long as everything else that the packet costs, and are never read.
 */
function destroyWithoutTraces(socket: Socket): void {
  const { stackTraceLimit } = Error;
  socket.prependOnceListener('close', () => {
    Error.stackTraceLimit = 0;
  });
  socket.once('close', () => {
    Error.stackTraceLimit = stackTraceLimit;
  });
  socket.destroy();
}
