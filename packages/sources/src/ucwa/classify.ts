import {
  type Classification,
  type ClassifyContext,
  digest,
  type InboundRequest,
  maxRoutingKeyLength,
  parseJson,
} from '@switchboard/source-kit';
import { isObject, type Json } from '../members.ts';
import { contextsOf } from './contexts.ts';
import type { UcwaEntry } from './entry.ts';
import { readHref } from './href.ts';
import {
  conversationOfKey,
  conversationOfPart,
  hrefOf,
  invitationOfPart,
  readDocument,
  type UcwaDocument,
  type UcwaPart,
} from './payload.ts';

/**
 * Any verified document is accepted with 200, but for ids that are too long to be keys. The default URL, which carries no
 * context yet, gets one to carry from then on, when the document is about one conversation or begins one.
 */
export function classify(request: InboundRequest, { routing }: ClassifyContext<UcwaEntry>): Classification {
  const parsed = parseJson(request.body);
  if (!parsed.ok) return { kind: 'malformed', code: parsed.code };
  const read = readDocument(parsed.value);
  if (!read.ok) return { kind: 'malformed', code: 'ERR_CLASSIFY_SHAPE' };
  const about = subjectsOf(read.document);
  const routingKey = about.conversations[0] ?? (about.invitation?.id || applicationOf(parsed.value)) ?? request.notificationId;
  // Each conversation is the key of its own events.
  if ([routingKey, ...about.conversations].some((id) => id.length > maxRoutingKeyLength)) {
    return { kind: 'malformed', code: 'ERR_CLASSIFY_ROUTING_KEY' };
  }
  const issues = isDefaultUrl(request) && (about.invitation !== undefined || about.conversations.length === 1);
  const base = {
    kind: 'classified',
    disposition: 'accepted',
    routingKey,
    dedupeKey: dedupeKeyOf(request, read.document),
  } as const;
  if (!issues) return { ...base, answer: { status: 200, headers: {}, body: '' } };
  const callbackContext = routing.mint(tokenData(about));
  const answer = {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ CallbackContext: callbackContext }),
  };
  return { ...base, answer, callbackContext };
}

interface Subjects {
  /** Conversations in the order of the document; the one of its event channel first. */
  readonly conversations: readonly string[];
  /** The first invitation of the document and the conversation it begins, where it says which. */
  readonly invitation: { readonly id: string; readonly conversation: string | undefined } | undefined;
}

function subjectsOf(document: UcwaDocument): Subjects {
  const named = [conversationOfKey(document.key), ...document.events.map(conversationOfPart)];
  return {
    conversations: [...new Set(named.filter((id) => id !== undefined))],
    invitation: document.events.map(invitationOf).find((invitation) => invitation !== undefined),
  };
}

function invitationOf(part: UcwaPart): Subjects['invitation'] {
  const id = invitationOfPart(part);
  return id === undefined ? undefined : { id, conversation: conversationOfPart(part) };
}

function isDefaultUrl(request: InboundRequest): boolean {
  const { callbackContext, callbackPath } = contextsOf(request);
  return callbackContext === undefined && callbackPath === undefined;
}

function tokenData({ conversations, invitation }: Subjects): Readonly<Record<string, string>> {
  const conversation = invitation?.conversation ?? conversations[0];
  return conversation === undefined ? { invitation: invitation?.id ?? '' } : { conversation };
}

// The number of a document in its event channel is not documented for webhooks, but is the sender's own; else its request id.
function dedupeKeyOf(request: InboundRequest, { ack, key }: UcwaDocument): string {
  if (ack !== null && key !== null) return JSON.stringify(['ack', key, ack]);
  const requestId = request.headers['client-request-id'];
  return requestId === undefined || requestId === ''
    ? JSON.stringify(['body', digest(request.body)])
    : JSON.stringify(['request', requestId]);
}

// Documents about presence or policies name no conversation: they keep their order per application.
function applicationOf(root: Json): string | undefined {
  const links = isObject(root) ? root._links : undefined;
  const href = hrefOf(isObject(links) ? links.self : undefined);
  if (href === undefined) return undefined;
  const { segments } = readHref(href);
  const at = segments.indexOf('applications');
  return at < 0 ? undefined : segments.slice(at, at + 2).join('/');
}
