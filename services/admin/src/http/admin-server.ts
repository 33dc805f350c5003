import type { Authenticate, Caller } from '@switchboard/app-installs';
import { installDocumentSchema } from '@switchboard/app-installs';
import { type GuessLimit, peerNetwork, secureContext, soleHeader, type TlsFiles } from '@switchboard/runtime';
import type { AddressRule } from '@switchboard/webhooks';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type AuditRoutesParts, auditRoutes } from '../audit/audit-routes.ts';
import { checkDocument } from '../installs/document-check.ts';
import { type InstallRoutesParts, installRoutes } from '../installs/install-routes.ts';
import { registerOpenApi } from '../openapi/openapi.ts';
import { readJsonBody } from './json-body.ts';
import { type AdminProblem, sendProblem } from './problem.ts';
import type { Refusal } from './refusals.ts';
import { mediaProblem, noContentType } from './request-checks.ts';
import { RefusedRequest, requestValidatorCompiler } from './request-validation.ts';

export interface AdminServerOptions extends Omit<InstallRoutesParts & AuditRoutesParts, 'callerOf' | 'refuse'> {
  /** Serves HTTPS in place of HTTP. */
  readonly tls?: TlsFiles | undefined;
  readonly authenticate: Authenticate;
  /** Where endpoints may be. */
  readonly rule: AddressRule;
  readonly guesses: GuessLimit;
  readonly newRequestId: () => string;
  /** Called for every refused request. */
  readonly onRefused: (refusal: Refusal) => void;
  readonly onError: (error: unknown) => void;
}

const MAX_BODY_BYTES = 262_144;
const MAX_PARAMETER_CHARACTERS = 256;
const MAX_ID_CHARACTERS = 128;

const unauthenticated: AdminProblem = {
  code: 'ERR_ADMIN_UNAUTHENTICATED',
  detail: 'send one Authorization header: Bearer and an admin token',
};

/** Names and peer of a request, for the log. */
function traceOf(request: FastifyRequest): Omit<Refusal, 'code' | 'caller'> {
  const { id } = (request.params ?? {}) as { readonly id?: string };
  const route = request.is404 ? undefined : request.routeOptions.url;
  return {
    route: route === undefined ? 'none' : `${request.method} ${route}`,
    installId: id?.slice(0, MAX_ID_CHARACTERS),
    peer: request.socket.remoteAddress ?? '',
    requestId: request.id,
  };
}

/** The admin API. A request without a valid token gets 401 or 429, on every path. Only bytes that are not HTTP get 400 before that. */
export function createAdminServer(options: AdminServerOptions): FastifyInstance {
  const { tls, authenticate, rule, guesses, newRequestId, onRefused, onError, ...parts } = options;
  const callers = new WeakMap<FastifyRequest, Caller>();

  const refuse = (reply: FastifyReply, problem: AdminProblem): FastifyReply => {
    const { request } = reply;
    onRefused({ code: problem.code, caller: callers.get(request)?.name, ...traceOf(request) });
    return sendProblem(reply, problem);
  };

  /** Why the sender of the request is not a caller, or undefined once it is. */
  const unknownCaller = (request: FastifyRequest): AdminProblem | undefined => {
    const caller = authenticate(soleHeader(request.raw, 'authorization'));
    if (caller !== undefined) {
      callers.set(request, caller);
      return undefined;
    }
    const retryAfterSeconds = guesses.failed(peerNetwork(request.socket.remoteAddress ?? ''));
    if (retryAfterSeconds === undefined) return unauthenticated;
    const detail = `too many requests without a valid token: wait ${retryAfterSeconds} s, or send a valid token`;
    return { code: 'ERR_ADMIN_TOO_MANY_GUESSES', detail, retryAfterSeconds };
  };

  const failed = (error: FastifyError, reply: FastifyReply): FastifyReply => {
    if (error instanceof RefusedRequest) return refuse(reply, error.problem);
    const status = error.statusCode ?? 500;
    if (status === 415) return refuse(reply, noContentType);
    if (status < 500) return refuse(reply, { code: 'ERR_ADMIN_BAD_REQUEST', detail: error.message });
    onError(error);
    return refuse(reply, { code: 'ERR_ADMIN_INTERNAL', detail: 'the log has the cause' });
  };

  const server: FastifyInstance = Fastify({
    // The same type of instance with and without TLS.
    ...((tls === undefined ? {} : { https: secureContext(tls) }) as object),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: 10_000,
    forceCloseConnections: true,
    genReqId: newRequestId,
    routerOptions: { maxParamLength: MAX_PARAMETER_CHARACTERS },
    // A malformed escape or a parameter that is too long gets here without any hook.
    frameworkErrors: (error, request, reply) => {
      const unknown = unknownCaller(request as FastifyRequest);
      return unknown === undefined ? failed(error, reply as FastifyReply) : refuse(reply as FastifyReply, unknown);
    },
  });
  server.setValidatorCompiler(requestValidatorCompiler(new Map([[installDocumentSchema, (body) => checkDocument(body, rule)]])));
  // Responses are as the handlers make them: a test compares them with their schemas.
  server.setSerializerCompiler(() => (value) => JSON.stringify(value));
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    // Clients send the content type with requests that have no body, such as DELETE.
    const read = readJsonBody(body as Buffer);
    if (read.ok) done(null, read.value);
    else done(Object.assign(new Error(read.detail), { statusCode: 400 }));
  });

  server.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const problem = unknownCaller(request) ?? mediaProblem(request.raw);
    if (problem !== undefined) return refuse(reply, problem);
  });
  server.setNotFoundHandler((_request, reply) => refuse(reply, { code: 'ERR_ADMIN_NOT_FOUND', detail: 'there is no such route' }));
  server.setErrorHandler((error: FastifyError, _request, reply) => failed(error, reply));

  registerOpenApi(server);
  const callerOf = (request: FastifyRequest): Caller => {
    const caller = callers.get(request);
    if (caller === undefined) throw new Error('onRequest hook did not run');
    return caller;
  };
  // As a plugin, which Fastify loads after the one that collects the routes.
  server.register(async (scope) => {
    installRoutes(scope, { ...parts, refuse, callerOf });
    auditRoutes(scope, { ...parts, callerOf });
  });
  return server;
}
