import type { Answer, Classification, ClassifyContext, InboundRequest, Json } from '@switchboard/source-kit';
import { callingAddress, mintCallbackUri } from '../calling/callback-uri.ts';
import type { CallingEntry } from '../calling/entry.ts';
import { callingDedupeKey, messageIdOf, scenarioIdOf } from '../calling/headers.ts';
import { protocolFormOf } from '../calling/protocol-form.ts';
import { type Change, callIdOf, entityKindOf, isNewIncomingCall, readChange, resourcesOf } from './payload.ts';
import { otherRegionOf } from './region.ts';
import { maxIdLength, readResourcePath } from './resource-path.ts';

/**
 * Answers a Graph notification: 202, or a redirect for a new call of another region. What is wrong inside an element
 * is left to normalize, which keeps the notification under a code; only what cannot be filed at all is refused.
 */
export function classifyGraphCalling(request: InboundRequest, context: ClassifyContext<CallingEntry>): Classification {
  const form = protocolFormOf(request.body);
  if (form.kind !== 'graph') return { kind: 'malformed', code: form.kind === 'neither' ? form.code : 'ERR_CLASSIFY_SHAPE' };
  const [first] = form.value;
  if (first === undefined) return { kind: 'malformed', code: 'ERR_CLASSIFY_EMPTY' };
  const routingKey = routingKeyOf(first);
  if (routingKey === undefined) return { kind: 'malformed', code: 'ERR_CLASSIFY_ROUTING_KEY' };
  const filed = { kind: 'classified', routingKey, dedupeKey: callingDedupeKey('graph', request) } as const;

  const reads = form.value.map(readChange);
  const changes = reads.flatMap((read) => (read.ok ? [read.change] : []));
  const movable = changes.length === reads.length && !wasTaken(request, context);
  const region = movable ? otherRegionOf(changes, context) : undefined;
  if (region !== undefined) {
    const location = callingAddress(region, context.app);
    const answer = { status: context.entry.regions.redirectStatus, headers: { location }, body: '' };
    return { ...filed, disposition: 'redirected', answer, location };
  }
  const callbackUri = changes.some(announcesCall) ? mintCallbackUri(context.routing, context.app, request.notificationId) : undefined;
  return { ...filed, disposition: 'accepted', answer: acceptance(request), ...(callbackUri !== undefined && { callbackUri }) };
}

// A context in the path that we signed says that a region of ours took the call before; any other says nothing.
function wasTaken({ pathParameters }: InboundRequest, { routing }: ClassifyContext<CallingEntry>): boolean {
  return pathParameters.context !== undefined && routing.open(pathParameters.context) !== undefined;
}

function announcesCall(change: Change): boolean {
  return change.entities.some((entity) => isNewIncomingCall(change, entity));
}

/** The call of the first element, as its events name it; the resource itself where that is no call. */
function routingKeyOf(element: Json): string | undefined {
  const resources = resourcesOf(element);
  const inPath = resources.map((name) => readResourcePath(name).callId).find((callId) => callId !== null);
  if (inPath !== undefined) return inPath;
  const read = readChange(element);
  const [entity] = read.ok ? read.change.entities : [];
  if (read.ok && entity !== undefined && entityKindOf(read.change.path, entity) === 'call') {
    return callIdOf(read.change.path, entity) ?? undefined;
  }
  return resources[0]?.slice(0, maxIdLength);
}

// The platform's own library answers with these two, so that both sides can find the exchange.
function acceptance(request: InboundRequest): Answer {
  const headers: Record<string, string> = {};
  const messageId = messageIdOf(request);
  const scenarioId = scenarioIdOf(request);
  if (messageId !== undefined) headers['client-request-id'] = messageId;
  if (scenarioId !== undefined) headers['scenario-id'] = scenarioId;
  return { status: 202, headers, body: '' };
}
