import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { type InstallRoutesParts, installRoutes } from './install-routes.ts';
import { sendProblem } from './problem.ts';
import type { Caller } from './tokens.ts';

export interface AdminServerOptions extends Omit<InstallRoutesParts, 'callerOf'> {
  readonly authenticate: (authorization: string | undefined) => Caller | undefined;
  readonly onError: (error: unknown) => void;
}

const MAX_BODY_BYTES = 262_144;
const MAX_PARAMETER_CHARACTERS = 256;

/** The admin API. Nothing is answered to a caller without a token but 401, whatever the path. */
export function createAdminServer({ authenticate, onError, ...parts }: AdminServerOptions): FastifyInstance {
  const server = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: 10_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_PARAMETER_CHARACTERS },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });
  // Clients send the content type with requests that have no body, such as DELETE.
  const parseJson = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, null);
    else void parseJson(request, body.toString(), done);
  });
  const callers = new WeakMap<object, Caller>();

  server.addHook('onRequest', async (request, reply) => {
    const caller = authenticate(request.headers.authorization);
    if (caller === undefined)
      return sendProblem(reply, { code: 'ERR_ADMIN_UNAUTHENTICATED', detail: 'send Authorization: Bearer with an admin token' });
    callers.set(request, caller);
    reply.header('cache-control', 'no-store');
  });
  server.setNotFoundHandler((_request, reply) => sendProblem(reply, { code: 'ERR_ADMIN_NOT_FOUND', detail: 'there is no such route' }));
  server.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return sendProblem(reply, { code: 'ERR_ADMIN_BAD_REQUEST', detail: error.message });
    onError(error);
    return sendProblem(reply, { code: 'ERR_ADMIN_INTERNAL', detail: 'the log has the cause' });
  });

  installRoutes(server, {
    ...parts,
    callerOf: (request) => {
      const caller = callers.get(request);
      if (caller === undefined) throw new Error('a route was reached without a caller');
      return caller;
    },
  });
  return server;
}
