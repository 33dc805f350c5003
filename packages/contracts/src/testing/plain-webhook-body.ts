import type { AnyEvent } from '../events.ts';
import { type Shape, shapes1 } from '../webhook-members.ts';

type Members = Readonly<Record<string, unknown>>;
type RecordOf<T extends AnyEvent['type']> = Extract<AnyEvent, { type: T }>['record'];
type MessagingEvent = Extract<AnyEvent, { type: `ms.MessagingEventNotification.${string}` }>;
type CallingEvent = Extract<AnyEvent, { type: `calling.CallNotification.${string}` }>;

/** Members that hold JSON text, sent as the JSON they hold. */
const JSON_MEMBERS = new Set(['extensions', 'content', 'meeting', 'mediaStreams', 'body']);

/** Version 1 of the body as an object for JSON.stringify: slow and plain, what the compiled rendering is compared with. */
export function plainWebhookBody(event: AnyEvent): string {
  const parts = event.type.split('.');
  const isNamed = parts.length >= 3 && event.type.endsWith('Event');
  const type = isNamed ? parts.slice(0, -1).join('.') : event.type;
  const changes = [webhookChange(event, isNamed ? parts.at(-1) : undefined)];
  return JSON.stringify({ kind: 'notification', type, body: { sentTs: event.record.receivedAt, changes } });
}

function webhookChange(event: AnyEvent, eventName: string | undefined): Members {
  switch (event.type) {
    case 'cqm.ExConversationChangeNotification':
      return conversationChange(event.record);
    case 'switchboard.UnmappedNotification':
      return { ...place(event.record), event: picked(event.record, shapes1[event.type]), switchboard: provenance(event.record) };
    default:
      return 'callId' in event.record
        ? callingChange(event as CallingEvent, eventName)
        : messagingChange(event as MessagingEvent, eventName);
  }
}

function messagingChange({ type, record }: MessagingEvent, eventName: string | undefined): Members {
  return {
    ...present({ sequence: record.sequence }),
    originatorId: record.originatorId ?? '',
    originatorMetadata: present({ id: record.originatorId, role: record.originatorRole, name: record.originatorName }),
    ...place(record),
    event: { type: eventName, ...picked(record, shapes1[type]) },
    switchboard: {
      ...provenance(record),
      ...present({ messageId: record.messageId, channelId: record.channelId, serviceUrl: record.serviceUrl, replyToId: record.replyToId }),
    },
  };
}

function callingChange({ type, record }: CallingEvent, eventName: string | undefined): Members {
  return {
    callId: record.callId,
    ...present({ callChainId: record.callChainId, sequence: record.sequence, conversationId: record.conversationId }),
    protocol: record.protocol,
    serverTimestamp: record.occurredAt,
    event: { type: eventName, ...picked(record, shapes1[type]) },
    switchboard: provenance(record),
  };
}

function conversationChange(record: RecordOf<'cqm.ExConversationChangeNotification'>): Members {
  const { changeType, originatorId, channelId, serviceUrl } = record;
  return {
    ...present({ sequence: record.sequence, originatorId }),
    type: changeType,
    result: {
      convId: record.conversationId ?? '',
      conversationDetails: picked(record, shapes1['cqm.ExConversationChangeNotification']),
      lastUpdateTime: record.occurredAt,
    },
    switchboard: { ...provenance(record), ...present({ channelId, serviceUrl }) },
  };
}

/** When and in which conversation. Receivers key dialogs by dialogId; there is one dialog a conversation. */
function place(record: { readonly occurredAt: number; readonly conversationId: string | null }): Members {
  return {
    serverTimestamp: record.occurredAt,
    ...present({ conversationId: record.conversationId }),
    dialogId: record.conversationId ?? '',
  };
}

function provenance(record: AnyEvent['record']): Members {
  const { eventId, receivedAt, app, source, raw } = record;
  return { eventId, app, source, ...present({ tenantId: record.tenantId }), receivedAt, raw, extensions: parsed(record.extensions) };
}

/** The members of the shape, nulls left out, in its order. */
function picked(record: object, shape: Shape): Members {
  const values: Members = { ...record };
  return present(Object.fromEntries(Object.entries(shape).map(([name, inner]) => [name, shown(name, values[name], inner)])));
}

function shown(name: string, value: unknown, inner: true | Shape): unknown {
  if (typeof value === 'string' && JSON_MEMBERS.has(name)) return parsed(value);
  if (inner === true || typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? value.map((item) => picked(item, inner)) : picked(value, inner);
}

function present(value: Members): Members {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null && member !== undefined));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
