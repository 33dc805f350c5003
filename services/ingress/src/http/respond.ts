import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ended } from '../accept/authenticate.ts';
import { closeAfterResponse } from '../edge/linger.ts';
import type { IngressMetrics } from '../ingress-metrics.ts';
import type { Refusal } from '../refusals.ts';
import { type HttpResponse, responseFor } from './responses.ts';
import type { ConnectionOf } from './track-connections.ts';

export interface RespondOptions {
  readonly metrics: Pick<IngressMetrics, 'requests'>;
  readonly report: (refusal: Refusal) => void;
  readonly connectionOf: ConnectionOf;
  /** True once the server stops: every response then ends its connection. */
  readonly stopping: () => boolean;
  readonly random: () => number;
}

/** `body unread`: the body could not be read to its end, so that the response is the last one on its connection. */
export type Respond = (request: FastifyRequest, reply: FastifyReply, ended: Ended, unread?: 'body unread') => void;

/** Sends the response of an outcome, once; counts it, reports a refusal, and ends a connection that is not authenticated. */
export function createRespond({ metrics, report, connectionOf, stopping, random }: RespondOptions): Respond {
  return (request, reply, { source, app, outcome, keyId }, unread) => {
    // Evicted, and ended by something else at the same time: the first response counts.
    if (reply.sent) return;
    const { exchange } = request;
    const response = responseFor(outcome, random);
    const code = outcome.kind === 'accepted' ? String(response.status) : outcome.code;
    metrics.requests.inc({ source, outcome: outcome.kind, code });
    if (outcome.kind !== 'accepted') {
      const peer = exchange?.peer ?? request.raw.socket.remoteAddress ?? 'unknown';
      const requestId = exchange?.head.notificationId ?? null;
      report({ kind: outcome.kind, source, app, code: outcome.code, peer, requestId, ...(keyId === undefined ? {} : { keyId }) });
    }
    // Also a sender whose token does not fit its body: nothing in the response may tell one 401 from another.
    const connection = exchange?.connection ?? connectionOf(request.raw.socket);
    const keep = exchange?.authenticated === true && outcome.kind !== 'refused' && connection?.unreadable === false && unread === undefined;
    if (!keep) {
      if (connection !== undefined) connection.closing = true;
      closeAfterResponse(request.raw, reply.raw);
    }
    send(reply, response, { closes: stopping() || !keep, unread: unread !== undefined });
  };
}

/** Writes a response past Fastify, which would only look at headers and body again. */
function send(
  reply: FastifyReply,
  { status, headers, body }: HttpResponse,
  { closes, unread }: { closes: boolean; unread: boolean },
): void {
  const { raw } = reply;
  const all: Record<string, string> = unread ? { connection: 'close', ...headers } : { ...headers };
  if (closes) all.connection = 'close';
  if (status !== 204) all['content-length'] = String(Buffer.byteLength(body));
  raw.writeHead(status, all);
  reply.hijack();
  // A text is written together with the head.
  if (body === '') raw.end();
  else raw.end(body);
}
