import type { AnyEvent } from './events.ts';

type Members = Readonly<Record<string, unknown>>;
type RecordOf<T extends AnyEvent['type']> = Extract<AnyEvent, { type: T }>['record'];
type MessagingEvent = Extract<AnyEvent, { type: `ms.MessagingEventNotification.${string}` }>;
type CallingEvent = Extract<AnyEvent, { type: `calling.CallNotification.${string}` }>;

/** Members of every event; they stand beside the change's own under `switchboard` or under a name receivers know. */
const COMMON = ['eventId', 'occurredAt', 'receivedAt', 'app', 'source', 'tenantId', 'conversationId', 'sequence', 'raw', 'extensions'];
const MESSAGING = ['messageId', 'originatorId', 'originatorName', 'originatorRole', 'channelId', 'serviceUrl', 'replyToId'];
const CALLING = ['callId', 'callChainId', 'protocol'];
/** Members that hold JSON text, sent as the JSON they hold. */
const JSON_MEMBERS = new Set(['extensions', 'content', 'meeting', 'mediaStreams', 'body']);

/** The one change of a webhook body. */
export function webhookChange(event: AnyEvent, eventName: string | undefined): Members {
  switch (event.type) {
    case 'cqm.ExConversationChangeNotification':
      return conversationChange(event.record);
    case 'switchboard.UnmappedNotification':
      return { ...place(event.record), event: own(event.record, COMMON), switchboard: provenance(event.record) };
    default:
      return 'callId' in event.record
        ? callingChange(event as CallingEvent, eventName)
        : messagingChange(event as MessagingEvent, eventName);
  }
}

function messagingChange({ record }: MessagingEvent, eventName: string | undefined): Members {
  return {
    ...present({ sequence: record.sequence }),
    originatorId: record.originatorId ?? '',
    originatorMetadata: present({ id: record.originatorId, role: record.originatorRole, name: record.originatorName }),
    ...place(record),
    event: { type: eventName, ...own(record, [...COMMON, ...MESSAGING]) },
    switchboard: {
      ...provenance(record),
      ...present({ messageId: record.messageId, channelId: record.channelId, serviceUrl: record.serviceUrl, replyToId: record.replyToId }),
    },
  };
}

function callingChange({ record }: CallingEvent, eventName: string | undefined): Members {
  return {
    callId: record.callId,
    ...present({ callChainId: record.callChainId, sequence: record.sequence, conversationId: record.conversationId }),
    protocol: record.protocol,
    serverTimestamp: record.occurredAt,
    event: { type: eventName, ...own(record, [...COMMON, ...CALLING]) },
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
      conversationDetails: own(record, [...COMMON, 'changeType', 'originatorId', 'channelId', 'serviceUrl']),
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

/** The record's members but those named, nulls left out, in schema order. */
function own(record: AnyEvent['record'], others: readonly string[]): Members {
  return present(Object.fromEntries(Object.entries(record).filter(([name]) => !others.includes(name))));
}

function present(value: Members): Members {
  const members: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member === null || member === undefined) continue;
    members.push([name, JSON_MEMBERS.has(name) && typeof member === 'string' ? parsed(member) : plain(member)]);
  }
  return Object.fromEntries(members);
}

/** Nested records without nulls. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === 'object' && value !== null ? present(value as Members) : value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
