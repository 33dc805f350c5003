import type { EventDraft } from '@switchboard/contracts';
import type { ActivityReading } from './common.ts';
import { conversationEvent } from './conversation.ts';
import { takeMeetingParticipants } from './members-of-conversation.ts';

const PREFIX = 'application/vnd.microsoft.';
const MEETING_EVENTS = ['meetingStart', 'meetingEnd', 'meetingParticipantJoin', 'meetingParticipantLeave'].map((name) => PREFIX + name);

/** Whether an event activity tells of a meeting of the conversation. */
export function isMeetingEvent({ activity, type }: ActivityReading): boolean {
  return type === 'event' && MEETING_EVENTS.includes(activity.peekText('name') ?? '');
}

/** A meeting began or ended, or participants joined or left it. */
export function meetingEvent(reading: ActivityReading): EventDraft {
  const { activity } = reading;
  const name = activity.takeText('name') ?? '';
  const participants = takeMeetingParticipants(activity);
  const ids = participants.map((participant) => participant.id);
  return conversationEvent(reading, {
    changeType: 'UPSERT',
    change: name.startsWith(`${PREFIX}meetingParticipant`) ? 'roster' : 'meeting',
    rawChange: name,
    topic: activity.takeText('value', 'Title'),
    participants,
    membersAdded: name.endsWith('Join') ? ids : [],
    membersRemoved: name.endsWith('Leave') ? ids : [],
  });
}
