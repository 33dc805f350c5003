import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { Connection } from '../edge/connections.ts';
import { destroyIfStillSending } from '../edge/linger.ts';
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
      if (connection === undefined || socket.destroyed) return void socket.destroy();
      if (connection.closing) {
        stopParsing(socket);
        return destroyIfStillSending(socket);
      }
      if (connection.isAuthenticated) return handler(request, response);
      const ahead = waiting.get(connection);
      if (ahead === undefined) {
        waiting.set(connection, []);
        return handler(request, response);
      }
      if (ahead.length < MAX_AHEAD) {
        ahead.push(() => {
          if (!socket.destroyed) handler(request, response);
        });
        return;
      }
      connection.closing = true;
      stopParsing(socket);
      socket.destroy();
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

/** Node's own parser of a socket. */
interface WithParser {
  readonly parser?: { onIncoming?: unknown } | null;
}

/**
 * Ends the parsing of a socket at its next request. A packet of 64 kB holds 2,300 small requests. For each of them Node makes
 * two objects and, when the socket closes, an error with a stack trace: one packet takes 65 ms of the event loop, with this
 * 0.7. The parser takes any value but 0, 1 and 2 of its callback as an error; there is no public way to say so.
 */
function stopParsing(socket: Socket): void {
  const { parser } = socket as WithParser;
  if (parser?.onIncoming) parser.onIncoming = () => -1;
}
