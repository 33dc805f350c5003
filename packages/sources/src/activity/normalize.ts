import type { EventDraft, RawNotification } from '@switchboard/contracts';
import type { NormalizeOutcome } from '@switchboard/source-kit';
import { readMembers } from '../members.ts';
import { isReadReceipt, readReceiptEvent, typingEvent } from './chat-state.ts';
import type { ActivityReading } from './common.ts';
import { contactEvent, conversationUpdateEvent, endOfConversationEvent, installationEvent } from './conversation.ts';
import { cardActionEvent, isCardAction } from './invoke.ts';
import { isMeetingEvent, meetingEvent } from './meeting.ts';
import { messageEvent } from './message.ts';
import { deleteEvent, reactionEvent, updateEvent } from './message-change.ts';
import { readActivity } from './payload.ts';
import { withoutSecrets } from './redaction.ts';
import { unmappedEvent } from './unmapped.ts';

/** The one event of a notification that carries an activity, or why there is none. Pure; never throws. */
export function normalizeActivity(raw: RawNotification): NormalizeOutcome {
  const read = readActivity(raw.body);
  if (read.kind === 'rejected') return read;
  const activity = readMembers(withoutSecrets(read.activity));
  return { kind: 'events', events: [eventOf({ activity, type: read.type, raw })] };
}

// Types compare by exact letters, as the protocol asks.
function eventOf(reading: ActivityReading): EventDraft {
  switch (reading.type) {
    case 'message':
      return messageEvent(reading);
    case 'messageUpdate':
      return updateEvent(reading);
    case 'messageDelete':
      return deleteEvent(reading);
    case 'messageReaction':
      return reactionEvent(reading);
    case 'typing':
      return typingEvent(reading);
    case 'conversationUpdate':
      return conversationUpdateEvent(reading);
    case 'installationUpdate':
      return installationEvent(reading);
    case 'contactRelationUpdate':
      return contactEvent(reading);
    case 'endOfConversation':
      return endOfConversationEvent(reading);
    default:
      return otherEventOf(reading);
  }
}

function otherEventOf(reading: ActivityReading): EventDraft {
  if (isReadReceipt(reading)) return readReceiptEvent(reading);
  if (isMeetingEvent(reading)) return meetingEvent(reading);
  if (isCardAction(reading)) return cardActionEvent(reading);
  return unmappedEvent(reading);
}
