import { type Answer, type Classification, type ClassifyContext, type InboundRequest, textAt } from '@switchboard/source-kit';
import { mintCallbackUri } from '../calling/callback-uri.ts';
import type { CallingEntry } from '../calling/entry.ts';
import { callingDedupeKey } from '../calling/headers.ts';
import { type LegacyForm, protocolFormOf } from '../calling/protocol-form.ts';

const maxIdLength = 512;

/**
 * Answers a legacy notification: an empty 204, which asks the platform for the Graph form, or 200 where the app takes
 * the legacy protocol as it is.
 */
export function classifyLegacyCalling(request: InboundRequest, context: ClassifyContext<CallingEntry>): Classification {
  const { app, entry, routing } = context;
  const form = protocolFormOf(request.body);
  if (form.kind !== 'legacy') return { kind: 'malformed', code: form.kind === 'neither' ? form.code : 'ERR_CLASSIFY_SHAPE' };
  if (form.id.length > maxIdLength) return { kind: 'malformed', code: 'ERR_CLASSIFY_ROUTING_KEY' };
  const filed = { kind: 'classified', routingKey: form.id, dedupeKey: callingDedupeKey('legacy', request) } as const;
  if (entry.legacy === 'switch') {
    const switched = { ...filed, disposition: 'legacy-switch', answer: { status: 204, headers: {}, body: '' }, loopKey: form.id } as const;
    return form.notificationKind === 'conversation' ? switched : { ...switched, anomaly: 'later-legacy-callback' };
  }
  // The address of a workflow's callback link.
  const callbackUri = form.notificationKind === 'conversation' ? mintCallbackUri(routing, app, request.notificationId) : undefined;
  const answer = acceptance(form, entry);
  return { ...filed, disposition: 'legacy-accepted', answer, ...(callbackUri !== undefined && { callbackUri }) };
}

// Only the announcement of a call and the result of an operation are answered with a next step, and no call that has ended.
function acceptance(form: LegacyForm, { workflow }: CallingEntry): Answer {
  const ended = textAt(form.root, 'callState')?.toLowerCase() === 'terminated';
  if (workflow === undefined || form.notificationKind === 'notification' || ended) return { status: 200, headers: {}, body: '' };
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status: 200, headers, body: JSON.stringify(workflow.default), reply: workflow };
}
