import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ended } from '../accept/authenticate.ts';
import { closeAfterResponse } from '../edge/linger.ts';
import type { IngressMetrics } from '../ingress-metrics.ts';
import type { Refusal } from '../refusals.ts';
import { responseFor } from './responses.ts';
import type { ConnectionOf } from './track-connections.ts';

export interface RespondOptions {
  readonly metrics: Pick<IngressMetrics, 'requests'>;
  readonly report: (refusal: Refusal) => void;
  readonly connectionOf: ConnectionOf;
  /** True once the server stops: every response then ends its connection. */
  readonly stopping: () => boolean;
  readonly random: () => number;
}

export type Respond = (request: FastifyRequest, reply: FastifyReply, ended: Ended) => FastifyReply;

/** Sends the response of an outcome, once; counts it, reports a refusal, and ends a connection that is not authenticated. */
export function createRespond({ metrics, report, connectionOf, stopping, random }: RespondOptions): Respond {
  return (request, reply, { source, app, outcome, keyId }) => {
    // Evicted, and ended by something else at the same time: the first response counts.
    if (reply.sent) return reply;
    const { exchange } = request;
    const response = responseFor(outcome, random);
    const code = outcome.kind === 'accepted' ? String(response.status) : outcome.code;
    metrics.requests.inc({ source, outcome: outcome.kind, code });
    if (outcome.kind !== 'accepted') {
      const peer = exchange?.peer ?? request.raw.socket.remoteAddress ?? 'unknown';
      const requestId = exchange?.head.notificationId ?? null;
      report({ kind: outcome.kind, source, app, code: outcome.code, peer, requestId, ...(keyId === undefined ? {} : { keyId }) });
    }
    reply.code(response.status).headers(response.headers);
    // Also a sender whose token does not fit its body: nothing in the response may tell one 401 from another.
    const connection = connectionOf(request.raw.socket);
    const keep = exchange?.authenticated === true && outcome.kind !== 'refused' && connection?.unreadable === false;
    if (stopping() || !keep) reply.header('connection', 'close');
    if (!keep) {
      if (connection !== undefined) connection.closing = true;
      closeAfterResponse(request.raw, reply.raw);
    }
    // As bytes, because Fastify adds a charset to the media type of a text.
    return response.body === '' ? reply.send() : reply.send(Buffer.from(response.body, 'utf8'));
  };
}
