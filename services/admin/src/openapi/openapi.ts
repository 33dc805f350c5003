import swagger from '@fastify/swagger';
import { Type } from '@switchboard/validation';
import type { FastifyInstance } from 'fastify';
import { routeSchema } from '../http/route-schema.ts';
import { publishedSchema, withReferences } from './published-schema.ts';

const OPENAPI_PATH = '/v1/openapi.json';

const description = `Reads and changes app installs. Send one \`Authorization\` header, and bodies as \`application/json\` in UTF-8.
A refused request gets a problem document (RFC 9457) with a \`code\`.`;

/** Collects the routes that are registered later, and serves their OpenAPI document. */
export function registerOpenApi(server: FastifyInstance): void {
  const components = new Map<string, Readonly<Record<string, unknown>>>();
  server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Switchboard admin API', version: '1', description },
      servers: [{ url: 'http://127.0.0.1:18090', description: 'A local stack.' }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'A token of ADMIN_TOKENS_FILE.' } } },
    },
    transform: ({ schema, url }) => ({ schema: publishedSchema(schema, components) as typeof schema, url }),
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject;
      const { openapiObject } = document;
      const schemas = Object.fromEntries([...components].toSorted(([one], [other]) => (one < other ? -1 : 1)));
      return withReferences({ ...openapiObject, components: { ...openapiObject.components, schemas } }) as typeof openapiObject;
    },
  });
  server.register(async (scope) => {
    scope.get(OPENAPI_PATH, { schema: openApiSchema }, async () => scope.swagger());
  });
}

const openApiSchema = routeSchema({
  operationId: 'getOpenApi',
  summary: 'Get this document',
  description: 'The OpenAPI document of the admin API. It needs a token, as every path does.',
  responses: {
    200: {
      description: 'The document.',
      schema: Type.Object({ openapi: Type.String(), paths: Type.Object({}), components: Type.Object({}) }),
      example: { openapi: '3.1.0', paths: {}, components: {} },
    },
  },
  problems: [],
});
