import type { EventDraft } from '@switchboard/contracts';
import { timeOf } from '@switchboard/source-kit';
import { extensionsOf } from './extensions.ts';
import { lastSegment } from './href.ts';
import { type Person, personOfEvent, personOfLink } from './people.ts';
import { commonFields, peekReason, peekResource, takeResource, type UcwaReading } from './reading.ts';
import { takeLinkedText } from './text.ts';

import { unmappedEvent } from './unmapped.ts';

const FORMS = ['plainMessage', 'htmlMessage'];

/**
 * A message that came in, or goes out with its text, is content. A completed one is the outcome of sending it, unless
 * it came in: the only notice of those is their completion, with the text in it.
 */
export function messageEvents(reading: UcwaReading): readonly EventDraft[] {
  const outgoing = peekResource(reading, 'direction')?.toLowerCase() === 'outgoing';
  if (!(outgoing && reading.type === 'completed')) {
    const content = contentEvent(reading, FORMS, personOfLink(reading, 'participant'));
    if (content !== undefined) return [content];
  }
  return [reading.type === 'completed' ? acceptStatusEvent(reading) : unmappedEvent(reading)];
}

/** The content event of the text behind one of the links, undefined without text. */
export function contentEvent(reading: UcwaReading, rels: readonly string[], originator: Person): EventDraft | undefined {
  const text = takeLinkedText(reading, rels);
  if (text === undefined) return undefined;
  const fields = {
    ...messageFields(reading, originator),
    message: text.text,
    contentType: text.mediaType,
    locale: null,
    importance: takeResource(reading, 'importance'),
    mentions: [],
  };
  return { type: 'ms.MessagingEventNotification.ContentEvent', record: { ...fields, extensions: extensionsOf(reading) } };
}

function acceptStatusEvent(reading: UcwaReading): EventDraft {
  const fields = messageFields(reading, personOfLink(reading, 'participant'));
  const rawStatus = reading.members.peekText('event', 'status') ?? peekResource(reading, 'status') ?? '';
  const record = {
    ...fields,
    status: /^fail/i.test(rawStatus) ? 'NACK' : 'ACCEPT',
    rawStatus,
    messageIds: fields.messageId === null ? [] : [fields.messageId],
    reason: peekReason(reading),
  };
  return { type: 'ms.MessagingEventNotification.AcceptStatusEvent', record: { ...record, extensions: extensionsOf(reading) } };
}

/** A participant entered, stays in or left the list of those who type. */
export function typingEvent(reading: UcwaReading): EventDraft {
  const fields = {
    ...messageFields(reading, personOfEvent(reading)),
    messageId: null,
    chatState: reading.type === 'deleted' ? 'PAUSE' : 'COMPOSING',
    rawState: reading.type,
  };
  return { type: 'ms.MessagingEventNotification.ChatStateEvent', record: { ...fields, extensions: extensionsOf(reading) } };
}

function messageFields(reading: UcwaReading, originator: Person) {
  const sentAt = timeOf(peekResource(reading, 'timeStamp') ?? undefined);
  return {
    ...commonFields(reading, sentAt),
    messageId: lastSegment(reading.address) ?? null,
    originatorId: originator.id,
    originatorName: originator.name,
    originatorRole: null,
    channelId: null,
    serviceUrl: null,
    replyToId: null,
  };
}
