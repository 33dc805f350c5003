import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import { type Logger, secureContext, type TlsFiles } from '@switchboard/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Outcome } from '../accept/outcome.ts';
import type { RouteGroup } from '../accept/route-groups.ts';
import type { Connections } from '../edge/connections.ts';
import { release } from '../edge/linger.ts';
import { refuseSharedAddress, reusesPort, startAcceptors } from './acceptors.ts';
import { type NodeClientError, outcomeOfClientError, respondWithoutRequest } from './client-errors.ts';
import { createFastify, type HttpLimits } from './create-fastify.ts';
import { paceUnknownPeers } from './entrance.ts';
import { createPipelines } from './pipelines.ts';
import { createReceive, endedBy, endedWithoutSource, type Receive, type ReceiveOptions } from './receive.ts';
import { createRespond, type Respond, type RespondOptions } from './respond.ts';
import { trackConnections } from './track-connections.ts';

type Injected = Omit<ReceiveOptions, 'connectionOf' | 'pipelines' | 'respond' | 'maxBodyBytes'> &
  Omit<RespondOptions, 'connectionOf' | 'stopping'>;

export interface HttpServerOptions extends Injected {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Without it the server speaks plain HTTP. */
  readonly tls?: TlsFiles;
  readonly limits: HttpLimits;
  readonly groups: readonly RouteGroup[];
  readonly connections: Connections;
  readonly logger: Logger;
}

export interface HttpServer {
  readonly port: number;
  /** Serves further handshakes with another certificate; open connections keep theirs. Throws when the two do not fit. */
  useCertificate(files: TlsFiles): void;
  /** Accepts no new connection, finishes what is in flight, destroys what is left after `drainMs`. */
  stop(drainMs: number): Promise<void>;
}

/** Connections that wait to be accepted; the system may allow fewer. A short queue would drop genuine ones in a flood. */
const BACKLOG = 4_096;
/** What a stopping server leaves to requests whose sender is not authenticated yet. */
const UNAUTHENTICATED_DRAIN_MS = 500;
/** What Fastify sees of the headers once the head was judged: without any, the body of a request is left to us. */
const noHeaders: IncomingHttpHeaders = Object.freeze({});

/** Serves the routes of the sources. The raw bytes of a body are kept as received; nothing here parses them. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { limits, metrics, report, groups, tls } = options;
  let stopping = false;
  const app = createFastify({
    limits,
    ...(tls === undefined ? {} : { tls }),
    gate: (handler) => {
      // Connections are tracked once there is a server; requests come later.
      let gated: RequestListener | undefined;
      return (request, response) => {
        gated ??= pipelines.gate(handler);
        gated(request, response);
      };
    },
    onClientError: (error, socket) => onClientError(error, socket),
    onBadPath: (request, reply) => void respond(request, reply, endedWithoutSource(outcomeOfBadPath(request, groups))),
  });
  const { knownPeers, peers } = options;
  paceUnknownPeers({
    server: app.server,
    isKnown: (address) => peers.isProxy(address) || knownPeers.has(address),
    nextTurn: setImmediate,
  });
  const connectionOf = trackConnections(app.server, options.connections, options.peers);
  const pipelines = createPipelines(connectionOf);
  const respond = createRespond({ ...options, connectionOf, stopping: () => stopping });
  const receive = createReceive({ ...options, connectionOf, pipelines, respond, maxBodyBytes: limits.maxBodyBytes });

  function onClientError(error: NodeClientError, socket: Socket): void {
    // Node's copy of all that was received at once; it is not needed.
    if (Buffer.isBuffer(error.rawPacket)) release(error.rawPacket);
    const connection = connectionOf(socket);
    // A failed TLS handshake: the peer could not read a response.
    if (connection === undefined) return void socket.destroy();
    const outcome = outcomeOfClientError(error);
    if (outcome === undefined || !socket.writable) return void socket.destroy();
    if (receive.cannotParse(connection, outcome)) return;
    connection.closing = true;
    const { kind, code } = outcome;
    metrics.requests.inc({ source: 'none', outcome: kind, code });
    report({ kind, source: 'none', app: null, code, peer: socket.remoteAddress ?? 'unknown', requestId: null });
    respondWithoutRequest(error, socket);
  }

  addStages(app, receive, groups);
  addErrorHandlers(app, respond, options.logger);
  const { host } = options;
  await refuseSharedAddress(host, options.port);
  await app.listen({ host, port: options.port, backlog: BACKLOG, ...(reusesPort && { reusePort: true }) });
  const { port } = app.server.address() as AddressInfo;
  const acceptors = await startAcceptors({ host, port, backlog: BACKLOG, server: app.server });
  return {
    port,
    useCertificate: (files) => (app.server as unknown as TlsServer).setSecureContext(secureContext(files)),
    async stop(drainMs) {
      stopping = true;
      // Silent connections would otherwise last until the end of the drain.
      const shed = setTimeout(options.connections.closeUnauthenticated, UNAUTHENTICATED_DRAIN_MS);
      const cut = setTimeout(() => app.server.closeAllConnections(), drainMs);
      await Promise.all([acceptors.close(), app.close()]);
      clearTimeout(shed);
      clearTimeout(cut);
    },
  };
}

function addStages(app: FastifyInstance, receive: Receive, groups: readonly RouteGroup[]): void {
  app.decorateRequest('exchange', null);
  app.addHook('onRequest', (request, reply, proceed) => {
    if (request.is404) receive.head(request, reply, undefined, proceed);
    else proceed();
  });
  for (const group of groups) {
    app.route({
      method: group.method,
      url: group.path,
      onRequest: (request, reply, proceed) =>
        receive.head(request, reply, group, (error) => {
          request.raw.headers = noHeaders;
          proceed(error);
        }),
      handler: receive.rest,
    });
  }
  // A sender that asks first is told to continue only once its head has passed; any other expectation is refused there.
  for (const event of ['checkContinue', 'checkExpectation']) {
    app.server.on(event, (request, response) => app.server.emit('request', request, response));
  }
}

function addErrorHandlers(app: FastifyInstance, respond: Respond, logger: Logger): void {
  app.setNotFoundHandler((request, reply) => respond(request, reply, endedWithoutSource({ kind: 'not-found', code: 'ERR_INGRESS_ROUTE' })));
  app.setErrorHandler((error, request: FastifyRequest, reply: FastifyReply) => {
    const ended = (outcome: Outcome) => (request.exchange === null ? endedWithoutSource(outcome) : endedBy(request.exchange, outcome));
    if (isClientFault(error)) return respond(request, reply, ended({ kind: 'malformed', code: 'ERR_INGRESS_HTTP', status: 400 }));
    logger.error({ err: error, code: 'ERR_INGRESS_INTERNAL' }, 'Request failed unexpectedly');
    return respond(request, reply, ended({ kind: 'failed', code: 'ERR_INGRESS_INTERNAL' }));
  });
}

/** A path below a source's route that cannot be read names no app: it gets the same 401 as any unknown app. */
function outcomeOfBadPath(request: FastifyRequest, groups: readonly RouteGroup[]): Outcome {
  const first = firstSegment(request.raw.url ?? '');
  const isRoute = groups.some(({ method, path }) => method === request.method && firstSegment(path) === first);
  return isRoute ? { kind: 'refused', code: 'ERR_INGRESS_APP' } : { kind: 'not-found', code: 'ERR_INGRESS_ROUTE' };
}

function firstSegment(path: string): string {
  return path.split(/[/?]/, 2)[1] ?? '';
}

function isClientFault(error: unknown): boolean {
  const status = (error as { readonly statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500;
}
