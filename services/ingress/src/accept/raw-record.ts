import { hash } from 'node:crypto';
import type { RawNotificationInput } from '@switchboard/contracts';
import type { Classification, InboundRequest, Principal, Source } from '@switchboard/source-kit';

export type Classified = Extract<Classification, { kind: 'classified' }>;

export interface RawParts {
  readonly source: Source;
  readonly app: string;
  readonly request: InboundRequest;
  readonly principal: Principal;
  readonly classified: Classified;
}

/** A longer key is kept as its digest, because a normalizer remembers many thousands of them. */
const MAX_KEY_LENGTH = 1_024;

/** Equal for two requests only when source, protocol form and app are: each form is a separate source. */
export function dedupeKeyOf({ source, app, classified: { dedupeKey } }: Pick<RawParts, 'source' | 'app' | 'classified'>): string {
  const kept = dedupeKey.length <= MAX_KEY_LENGTH ? dedupeKey : `sha256:${hash('sha256', dedupeKey, 'hex')}`;
  return `${source.id}/${app}/${kept}`;
}

function keptHeaders(source: Source, headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of source.keptHeaders) {
    const value = headers[name];
    // A source that lists it by mistake must not bring a credential into Kafka.
    if (value !== undefined && name !== 'authorization') kept[name] = value;
  }
  return kept;
}

/** The raw record of a verified request: everything that normalizing it needs. */
export function rawNotification(parts: RawParts): RawNotificationInput {
  const { source, app, request, principal, classified } = parts;
  const { answer } = classified;
  return {
    notificationId: request.notificationId,
    source: source.id,
    app,
    method: request.method,
    pathParameters: request.pathParameters,
    query: request.query,
    headers: keptHeaders(source, request.headers),
    receivedAt: request.receivedAt,
    principal,
    body: request.body,
    routingKey: classified.routingKey,
    dedupeKey: dedupeKeyOf(parts),
    disposition: classified.disposition,
    answer: {
      status: answer.status,
      location: classified.location ?? null,
      callbackContext: classified.callbackContext ?? null,
      callbackUri: classified.callbackUri ?? null,
    },
    replyBy: answer.reply === undefined ? null : request.receivedAt + answer.reply.waitMs,
  };
}
