import { installKeywords } from '@switchboard/app-installs';
import { createValidator, messageOf, type TSchema } from '@switchboard/validation';
import type { FastifyInstance } from 'fastify';
import { problemSchema } from '../http/route-schema.ts';

interface DescribedResponse {
  readonly type?: string;
  readonly content?: Readonly<Record<string, { readonly schema: TSchema }>>;
}

/** Compares every response with the schema of its route, status and content type. Gives the differences so far. */
export function checkResponses(server: FastifyInstance): readonly string[] {
  const differences: string[] = [];
  server.addHook('onSend', async (request, reply, payload) => {
    const where = `${request.method} ${request.routeOptions.url ?? request.url} ${reply.statusCode}`;
    const mediaType = String(reply.getHeader('content-type') ?? '').split(';', 1)[0] ?? '';
    const responses = request.routeOptions.schema?.response as Readonly<Record<string, DescribedResponse>> | undefined;
    const schema = responses === undefined ? problemSchema : responses[reply.statusCode]?.content?.[mediaType]?.schema;
    const isEmpty = responses?.[reply.statusCode]?.type === 'null';
    if (schema === undefined) {
      if (!isEmpty || payload) differences.push(`${where}: no schema for ${mediaType}`);
      return;
    }
    const checked = createValidator(schema, { keywords: installKeywords }).check(JSON.parse(String(payload)));
    if (!checked.ok) differences.push(...checked.problems.map((problem) => `${where}: ${messageOf(problem, 'the response')}`));
  });
  return differences;
}
