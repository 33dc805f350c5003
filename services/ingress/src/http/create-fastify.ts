import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { secureContext, type TlsFiles } from '@switchboard/runtime';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { NodeClientError } from './client-errors.ts';

export interface HttpLimits {
  readonly maxBodyBytes: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

export interface FastifyParts {
  readonly limits: HttpLimits;
  readonly tls?: TlsFiles;
  /** Decides which requests reach the handler, and when. */
  readonly gate: (handler: RequestListener) => RequestListener;
  readonly onClientError: (error: NodeClientError, socket: Socket) => void;
  /** A path that does not decode, or with a parameter that is too long: no hook runs for it. */
  readonly onBadPath: (request: FastifyRequest, reply: FastifyReply) => void;
}

const MAX_HEADER_BYTES = 16_384;
const MAX_PARAMETER_LENGTH = 4_096;
const KEEP_ALIVE_MS = 30_000;
const MAX_REQUESTS_PER_SOCKET = 10_000;
/** What has expired since the last check is closed in one turn of the event loop, so each check must be a small one. */
const CHECK_TIMEOUTS_MS = 100;

/** How every socket is accepted, by any of the listening sockets. */
export const socketOptions = {
  // Node's HTTP server sees the end of a request before it sends the response, and sends it without delay.
  allowHalfOpen: true,
  noDelay: true,
  // What Node reads ahead of us from a body that waits for room: one packet, of 64 KiB at most.
  highWaterMark: 16_384,
  // A connection may have to wait for its turn.
  pauseOnConnect: true,
} as const;

/** A server with the limits of the edge and without Fastify's parsing of queries. */
export function createFastify(parts: FastifyParts): FastifyInstance {
  const { limits, onClientError, onBadPath } = parts;
  return Fastify({
    bodyLimit: limits.maxBodyBytes,
    return503OnClosing: false,
    exposeHeadRoutes: false,
    clientErrorHandler: onClientError,
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) => onBadPath(request, reply),
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH, querystringParser: () => ({}) },
    serverFactory: (handler) => createServer(parts, parts.gate(handler)),
  });
}

/** The HTTP or HTTPS server beneath Fastify, with every limit that Node has. */
function createServer({ limits, tls }: FastifyParts, listener: RequestListener): Server {
  const settings = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    ...socketOptions,
    connectionsCheckingInterval: CHECK_TIMEOUTS_MS,
    // The edge checks refuse a request without Host: Node's own refusal would leave no log line and no metric.
    requireHostHeader: false,
  };
  const server =
    tls === undefined
      ? createHttpServer(settings, listener)
      : createHttpsServer({ ...settings, ...secureContext(tls), handshakeTimeout: limits.headersTimeoutMs }, listener);
  // Node's HTTP servers do not take this one.
  Object.assign(server, { pauseOnConnect: socketOptions.pauseOnConnect });
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;
  return server;
}
