import type { EventDraft, RawNotification } from '@switchboard/contracts';
import { type NormalizeOutcome, parseJson } from '@switchboard/source-kit';
import { callStateEvent, mediaStateEvent, operationEvent, toneEvent, transferEvent } from './call.ts';
import { conversationEvent, conversationPartEvent } from './conversation.ts';
import { callInvitationEvent, invitationEvents } from './invitation.ts';
import { messageEvents, typingEvent } from './message.ts';
import { callParticipantEvent, participantEvent, participantModalityEvent } from './participant.ts';
import { readDocument } from './payload.ts';
import { readPart, type UcwaReading } from './reading.ts';
import { unmappedEvent } from './unmapped.ts';

type Rule = (reading: UcwaReading) => EventDraft | readonly EventDraft[];

/** What a change of a resource becomes, by the relation of the event's link. Relations not named here are kept unmapped. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['message', messageEvents],
  ['messagingInvitation', invitationEvents],
  ['onlineMeetingInvitation', invitationEvents],
  ['participantInvitation', invitationEvents],
  ['audioVideoInvitation', callInvitationEvent],
  ['phoneAudioInvitation', callInvitationEvent],
  ['conversation', conversationEvent],
  ['messaging', conversationPartEvent],
  ['dataCollaboration', conversationPartEvent],
  ['applicationSharing', conversationPartEvent],
  ['applicationSharer', conversationPartEvent],
  ['onlineMeeting', conversationPartEvent],
  ['conversationBridge', conversationPartEvent],
  ['bridgedParticipant', participantModalityEvent],
  ['participant', (reading) => (reading.inRel === 'typingParticipants' ? typingEvent(reading) : participantEvent(reading))],
  ['localParticipant', participantEvent],
  ['participantMessaging', participantModalityEvent],
  ['participantDataCollaboration', participantModalityEvent],
  ['participantApplicationSharing', participantModalityEvent],
  ['participantAudio', callParticipantEvent],
  ['participantVideo', callParticipantEvent],
  ['participantPanoramicVideo', callParticipantEvent],
  ['videoLockedOnParticipant', callParticipantEvent],
  ['audioVideo', callStateEvent],
  ['phoneAudio', callStateEvent],
  ['audioVideoFlow', mediaStateEvent],
  ['audioVideoSession', mediaStateEvent],
  ['audioVideoRenegotiation', operationEvent],
  ['prompt', operationEvent],
  ['tone', toneEvent],
  ['transfer', transferEvent],
]);

const TYPES: ReadonlySet<string> = new Set(['started', 'updated', 'completed', 'added', 'deleted']);

/** The events of a document in its order. Pure; never throws. */
export function normalize(raw: RawNotification): NormalizeOutcome {
  const parsed = parseJson(raw.body);
  if (!parsed.ok) return { kind: 'rejected', code: parsed.code };
  const read = readDocument(parsed.value);
  if (!read.ok) return { kind: 'rejected', code: 'ERR_NORMALIZE_SHAPE', detail: read.problem };
  const { document } = read;
  if (document.events.length === 0) return { kind: 'empty', code: 'ERR_NORMALIZE_EMPTY' };
  return { kind: 'events', events: document.events.flatMap((part) => eventsOf(readPart(part, document, raw))) };
}

function eventsOf(reading: UcwaReading): EventDraft | readonly EventDraft[] {
  const rule = TYPES.has(reading.type) ? RULES.get(reading.rel) : undefined;
  return (rule ?? unmappedEvent)(reading);
}
