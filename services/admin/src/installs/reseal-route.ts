import { type Caller, type ChangeOutcome, type ChangeRequest, forbidden, type ResealCounts } from '@switchboard/app-installs';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AdminProblem } from '../http/problem.ts';

export interface ResealRouteParts {
  readonly callerOf: (request: FastifyRequest) => Caller;
  /** Reports the refusal and responds with the problem. */
  readonly refuse: (reply: FastifyReply, problem: AdminProblem) => FastifyReply;
  readonly reseal: (by: Pick<ChangeRequest, 'requestId' | 'actor' | 'role'>) => Promise<ChangeOutcome<ResealCounts>>;
  /** Called after every complete reseal. */
  readonly onResealed: (change: ResealCounts & { readonly caller: string }) => void;
}

/** Registers the route that moves every secret to the first key. */
export function resealRoute(server: FastifyInstance, { callerOf, refuse, reseal, onResealed }: ResealRouteParts): void {
  server.post('/v1/secrets/reseal', async (request, reply) => {
    const caller = callerOf(request);
    if (caller.role !== 'operator') return refuse(reply, forbidden('only a token of role operator may reseal secrets'));
    const outcome = await reseal({ requestId: request.id, actor: caller.name, role: caller.role });
    if (!outcome.ok) return refuse(reply, outcome.problem);
    onResealed({ caller: caller.name, ...outcome.result });
    return reply.send(outcome.result);
  });
}
