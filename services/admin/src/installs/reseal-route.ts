import { type Caller, type ChangeOutcome, type ChangeRequest, forbidden, type ResealCounts } from '@switchboard/app-installs';
import { strictObject, Type } from '@switchboard/validation';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AdminProblem } from '../http/problem.ts';
import { routeSchema } from '../http/route-schema.ts';

export interface ResealRouteParts {
  readonly callerOf: (request: FastifyRequest) => Caller;
  /** Reports the refusal and responds with the problem. */
  readonly refuse: (reply: FastifyReply, problem: AdminProblem) => FastifyReply;
  readonly reseal: (by: Pick<ChangeRequest, 'requestId' | 'actor' | 'role'>) => Promise<ChangeOutcome<ResealCounts>>;
  /** Called after every complete reseal. */
  readonly onResealed: (change: ResealCounts & { readonly caller: string }) => void;
}

const countsSchema = strictObject(
  {
    installs: Type.Integer({ minimum: 0, description: 'All installs.' }),
    resealed: Type.Integer({ minimum: 0, description: 'Installs that were written.' }),
    unreadable: Type.Array(Type.String(), { description: 'Ids of installs with a secret that opens under no key.' }),
  },
  { title: 'ResealCounts', description: 'What a reseal found and wrote.' },
);

const schema = routeSchema({
  operationId: 'resealSecrets',
  summary: 'Move every secret to the first key',
  description:
    'Seals every secret of every install under the first key of SECRETS_KEY. Needs a token of role operator. It may be sent again.',
  responses: {
    200: { description: 'What was done.', schema: countsSchema, example: { installs: 3, resealed: 2, unreadable: [] } },
  },
  problems: ['ERR_ADMIN_FORBIDDEN', 'ERR_ADMIN_UNAVAILABLE'],
});

/** Registers the route that moves every secret to the first key. */
export function resealRoute(server: FastifyInstance, { callerOf, refuse, reseal, onResealed }: ResealRouteParts): void {
  server.post('/v1/secrets/reseal', { schema }, async (request, reply) => {
    const caller = callerOf(request);
    if (caller.role !== 'operator') return refuse(reply, forbidden('only a token of role operator may reseal secrets'));
    const outcome = await reseal({ requestId: request.id, actor: caller.name, role: caller.role });
    if (!outcome.ok) return refuse(reply, outcome.problem);
    onResealed({ caller: caller.name, ...outcome.result });
    return reply.send(outcome.result);
  });
}
