import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from '@switchboard/runtime';
import type { InboundRequest } from '@switchboard/source-kit';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Accept } from '../accept/accept.ts';
import type { InFlight, Permit } from '../accept/in-flight.ts';
import type { Outcome } from '../accept/outcome.ts';
import type { RouteGroup } from '../accept/route-groups.ts';
import type { IngressMetrics } from '../ingress-metrics.ts';
import type { LimitedLog } from '../limited-log.ts';
import { answerFor } from './answers.ts';
import { answerClientError } from './client-errors.ts';
import { checkEdge } from './edge-checks.ts';
import { type InboundHeaders, inboundHeaders } from './inbound-headers.ts';
import { readBody } from './read-body.ts';

interface HttpLimits {
  readonly maxBodyBytes: number;
  readonly maxConnections: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly limits: HttpLimits;
  readonly groups: readonly RouteGroup[];
  readonly accept: Accept;
  readonly inFlight: InFlight;
  readonly metrics: Pick<IngressMetrics, 'requests'>;
  readonly limitedLog: LimitedLog;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Monotonic, milliseconds. */
  readonly monotonic: () => number;
  readonly newId: (now: number) => string;
  readonly random: () => number;
}

export interface HttpServer {
  readonly port: number;
  /** Takes no new connection, finishes what is in flight, cuts what is left after `drainMs`. */
  stop(drainMs: number): Promise<void>;
}

/** What is known of a request before its body. */
interface Reception {
  readonly permit: Permit;
  readonly head: InboundHeaders;
  readonly receivedAt: number;
  readonly startedAt: number;
  /** Tells a sender that asked first to send its body. */
  readonly proceed: () => void;
}

declare module 'fastify' {
  interface FastifyRequest {
    reception: Reception | null;
  }
}

const MAX_HEADER_BYTES = 16_384;
const MAX_HEADERS = 64;
const MAX_PARAMETER_LENGTH = 4_096;
const KEEP_ALIVE_MS = 30_000;
const MAX_REQUESTS_PER_SOCKET = 10_000;
const OPAQUE = 'application/octet-stream';

const overloaded: Outcome = { kind: 'unavailable', code: 'ERR_INGRESS_OVERLOADED' };
const unknownRoute: Outcome = { kind: 'not-found', code: 'ERR_INGRESS_ROUTE' };
const reachable: Outcome = { kind: 'accepted', answer: { status: 200, headers: {}, body: '' } };

/** Ends the reading of a body with an outcome; Fastify carries errors only. */
class BodyRefusal extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super('the body is refused');
    this.outcome = outcome;
  }
}

function createFastify({ limits, tls }: HttpServerOptions, onClientError: (error: Error, socket: Socket) => void): FastifyInstance {
  const server = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: limits.headersTimeoutMs,
    connectionsCheckingInterval: 1_000,
    requireHostHeader: true,
  };
  const settings = {
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxRequestsPerSocket: MAX_REQUESTS_PER_SOCKET,
    bodyLimit: limits.maxBodyBytes,
    return503OnClosing: false,
    exposeHeadRoutes: false,
    clientErrorHandler: onClientError,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH, querystringParser: () => ({}) },
  };
  // Fastify ignores `http` beside `https`, and types one instance for each.
  const app = tls
    ? (Fastify({ ...settings, https: { ...server, ...tls, minVersion: 'TLSv1.2' } }) as unknown as FastifyInstance)
    : Fastify({ ...settings, http: server });
  app.server.maxConnections = limits.maxConnections;
  return app;
}

/** Serves the routes of the sources. The raw bytes of a body are kept as they came; nothing here parses them. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { accept, inFlight, limits, logger, limitedLog, metrics, monotonic, now, random } = options;
  let stopping = false;

  const app = createFastify(options, (error, socket) => {
    const code = answerClientError(error, socket);
    if (code !== undefined) metrics.requests.inc({ source: 'none', outcome: 'malformed', code });
  });

  function finish(reply: FastifyReply, source: string, outcome: Outcome): FastifyReply {
    const answer = answerFor(outcome, random);
    const code = outcome.kind === 'accepted' ? String(answer.status) : outcome.code;
    metrics.requests.inc({ source, outcome: outcome.kind, code });
    if (outcome.kind === 'refused') limitedLog.warn(outcome.code, { source }, 'a sender is not proven');
    reply.code(answer.status).headers(answer.headers);
    if (stopping) reply.header('connection', 'close');
    // As bytes, for Fastify would add a charset to the media type of a text.
    return answer.body === '' ? reply.send() : reply.send(Buffer.from(answer.body, 'utf8'));
  }

  app.decorateRequest('reception', null);
  app.addHook('onRequest', (request, reply, done) => {
    const permit = inFlight.enter();
    if (permit === undefined) return void finish(reply, 'none', overloaded);
    reply.raw.once('close', permit.leave);
    const head = inboundHeaders(request.raw.rawHeaders);
    const refusal = checkEdge(request.raw, head, { maxBodyBytes: limits.maxBodyBytes, maxHeaders: MAX_HEADERS });
    if (refusal !== undefined) return void finish(reply.header('connection', 'close'), 'none', refusal);
    if (request.is404) return void finish(reply, 'none', unknownRoute);
    request.reception = { permit, head, receivedAt: now(), startedAt: monotonic(), proceed: () => reply.raw.writeContinue() };
    // Whatever a sender calls its body, it is bytes here: Fastify must not judge the media type.
    request.raw.headers['content-type'] = OPAQUE;
    done();
  });

  app.removeAllContentTypeParsers();
  app.addContentTypeParser(OPAQUE, (request: FastifyRequest, payload, done) => {
    const { reception } = request;
    if (reception === null) return done(new BodyRefusal(unknownRoute));
    // A sender that asks first is told to go on only now that its head has passed.
    if (reception.head.headers.expect !== undefined) reception.proceed();
    readBody(payload, { maxBytes: limits.maxBodyBytes, permit: reception.permit }, (outcome) => {
      if (outcome.ok) done(null, outcome.body);
      else done(new BodyRefusal(outcome.outcome));
    });
  });
  app.server.on('checkContinue', (request, response) => app.server.emit('request', request, response));

  app.setNotFoundHandler((_request, reply) => finish(reply, 'none', unknownRoute));
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof BodyRefusal) return finish(reply, 'none', error.outcome);
    if (isClientFault(error)) return finish(reply, 'none', { kind: 'malformed', code: 'ERR_INGRESS_HTTP', status: 400 });
    logger.error({ err: error, code: 'ERR_INGRESS_INTERNAL' }, 'a request failed');
    return finish(reply, 'none', { kind: 'failed', code: 'ERR_INGRESS_INTERNAL' });
  });

  for (const group of options.groups) {
    app.route({
      method: group.method,
      url: group.path,
      handler: group.method === 'GET' ? (_request, reply) => finish(reply, group.sources[0]?.id ?? 'none', reachable) : handlerOf(group),
    });
  }

  function handlerOf(group: RouteGroup) {
    return async (request: FastifyRequest, reply: FastifyReply) => {
      const { reception } = request;
      if (reception === null) throw new Error('a request came by without its reception');
      const { source, outcome } = await accept(group.sources, {
        request: inboundRequest(request, reception, options.newId),
        startedAt: reception.startedAt,
        onGone: (listener) => reply.raw.once('close', listener),
      });
      return finish(reply, source, outcome);
    };
  }

  await app.listen({ host: options.host, port: options.port });
  return {
    port: (app.server.address() as AddressInfo).port,
    async stop(drainMs) {
      stopping = true;
      const cut = setTimeout(() => app.server.closeAllConnections(), drainMs);
      await app.close();
      clearTimeout(cut);
    },
  };
}

function inboundRequest(request: FastifyRequest, reception: Reception, newId: (now: number) => string): InboundRequest {
  const url = request.raw.url ?? '';
  const mark = url.indexOf('?');
  return {
    notificationId: newId(reception.receivedAt),
    receivedAt: reception.receivedAt,
    method: request.method,
    pathParameters: request.params as Readonly<Record<string, string>>,
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: reception.head.headers,
    duplicateHeaders: reception.head.duplicateHeaders,
    body: request.body as Buffer,
  };
}

function isClientFault(error: unknown): boolean {
  const status = (error as { readonly statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500;
}
