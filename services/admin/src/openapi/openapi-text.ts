import Fastify from 'fastify';
import { type AuditRoutesParts, auditRoutes } from '../audit/audit-routes.ts';
import { requestValidatorCompiler } from '../http/request-validation.ts';
import { type InstallRoutesParts, installRoutes } from '../installs/install-routes.ts';
import { registerOpenApi } from './openapi.ts';

/** The OpenAPI document of the admin API, as the file that is committed has it. */
export async function openApiText(): Promise<string> {
  const server = Fastify();
  server.setValidatorCompiler(requestValidatorCompiler(new Map()));
  server.setSerializerCompiler(() => (value) => JSON.stringify(value));
  registerOpenApi(server);
  // The routes are described and never called.
  server.register(async (scope) => {
    installRoutes(scope, {} as InstallRoutesParts);
    auditRoutes(scope, {} as AuditRoutesParts);
  });
  await server.ready();
  return `${JSON.stringify(server.swagger(), null, 2)}\n`;
}
