import { type EventType, eventTypes } from './event-types.ts';
import { constant, listOf, member, object, orEmpty, parsed, parsedPresent, present, type Render, within } from './render-json.ts';
import { type Shape, shapes1 } from './webhook-members.ts';

type Members = Readonly<Record<string, Render>>;

/** Members that hold JSON text, sent as the JSON they hold. */
const JSON_MEMBERS = new Set(['extensions', 'content', 'meeting', 'mediaStreams', 'body']);

/** When and in which conversation. Receivers key dialogs by dialogId; there is one dialog a conversation. */
const place: Members = {
  serverTimestamp: member('occurredAt'),
  conversationId: present('conversationId'),
  dialogId: orEmpty('conversationId'),
};

const provenance: Members = {
  eventId: member('eventId'),
  app: member('app'),
  source: member('source'),
  tenantId: present('tenantId'),
  receivedAt: member('receivedAt'),
  raw: member('raw'),
  extensions: parsed('extensions'),
};

/** Version 1 of the body of every event type, compiled once: one pass over the record, no object in between. */
export const renderers1: ReadonlyMap<EventType, (record: object) => string> = new Map(
  (Object.keys(eventTypes) as EventType[]).map((type) => [type, bodyOf(type) as (record: object) => string]),
);

/** A type x.Y.ZEvent is sent as type x.Y with event.type ZEvent, other types whole. */
function bodyOf(eventType: EventType): (record: Readonly<Record<string, unknown>>) => string {
  const parts = eventType.split('.');
  const last = parts.at(-1) ?? '';
  const isNamed = parts.length >= 3 && last.endsWith('Event');
  return object({
    kind: constant('notification'),
    type: constant(isNamed ? parts.slice(0, -1).join('.') : eventType),
    body: object({
      sentTs: member('receivedAt'),
      changes: listOf(object(changeOf(eventType, isNamed ? { type: constant(last) } : {}))),
    }),
  });
}

/** The one change of a body. */
function changeOf(type: EventType, name: Members): Members {
  const shown = membersOf(shapes1[type]);
  if (type === 'cqm.ExConversationChangeNotification') return conversationChange(shown);
  const event = object({ ...name, ...shown });
  if (type === 'switchboard.UnmappedNotification') return { ...place, event, switchboard: object(provenance) };
  return type.startsWith('calling.') ? callingChange(event) : messagingChange(event);
}

function messagingChange(event: Render): Members {
  return {
    sequence: present('sequence'),
    originatorId: orEmpty('originatorId'),
    originatorMetadata: object({ id: present('originatorId'), role: present('originatorRole'), name: present('originatorName') }),
    ...place,
    event,
    switchboard: object({
      ...provenance,
      messageId: present('messageId'),
      channelId: present('channelId'),
      serviceUrl: present('serviceUrl'),
      replyToId: present('replyToId'),
    }),
  };
}

function callingChange(event: Render): Members {
  return {
    callId: member('callId'),
    callChainId: present('callChainId'),
    sequence: present('sequence'),
    conversationId: present('conversationId'),
    protocol: member('protocol'),
    serverTimestamp: member('occurredAt'),
    event,
    switchboard: object(provenance),
  };
}

function conversationChange(shown: Members): Members {
  return {
    sequence: present('sequence'),
    originatorId: present('originatorId'),
    type: member('changeType'),
    result: object({
      convId: orEmpty('conversationId'),
      conversationDetails: object(shown),
      lastUpdateTime: member('occurredAt'),
    }),
    switchboard: object({ ...provenance, channelId: present('channelId'), serviceUrl: present('serviceUrl') }),
  };
}

/** The members of a shape, in its order. */
function membersOf(shape: Shape): Members {
  return Object.fromEntries(Object.entries(shape).map(([name, inner]) => [name, shownAs(name, inner)]));
}

function shownAs(name: string, inner: true | Shape): Render {
  if (inner !== true) return within(name, object(membersOf(inner)));
  return JSON_MEMBERS.has(name) ? parsedPresent(name) : present(name);
}
