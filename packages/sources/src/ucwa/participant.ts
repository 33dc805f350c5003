import type { EventDraft } from '@switchboard/contracts';
import { callFields } from './call-fields.ts';
import { conversationChangeEvent } from './conversation.ts';
import { extensionsOf } from './extensions.ts';
import { personOfEvent, personOfLink } from './people.ts';
import { peekResource, takeResource, type UcwaReading } from './reading.ts';

/** A participant, ourselves included, of the conversation or of one of its lists: lobby, attendees, leaders. */
export function participantEvent(reading: UcwaReading): EventDraft {
  const { id, name: title } = personOfEvent(reading);
  const name = peekResource(reading, 'name') ?? title;
  const role = peekResource(reading, 'role');
  const membership = reading.inRel === null && reading.type !== 'updated' && id !== null;
  return conversationChangeEvent(reading, {
    change: membership ? 'members' : 'roster',
    participants: id === null ? [] : [{ id, name, role, state: reading.inRel }],
    membersAdded: membership && reading.type === 'added' ? [id] : [],
    membersRemoved: membership && reading.type === 'deleted' ? [id] : [],
  });
}

/** What a participant, or someone who comes in over a bridge, does with a modality that is not a call. */
export function participantModalityEvent(reading: UcwaReading): EventDraft {
  const { id: own, name: title } = personOfEvent(reading);
  const id = own ?? takeResource(reading, 'participantUri');
  const name = peekResource(reading, 'displayName') ?? title;
  return conversationChangeEvent(reading, {
    change: 'roster',
    participants: id === null ? [] : [{ id, name, role: null, state: null }],
  });
}

/** Audio or video of a participant: the roster of the call. */
export function callParticipantEvent(reading: UcwaReading): EventDraft {
  const linked = personOfLink(reading, 'participant');
  const own = personOfEvent(reading);
  const id = own.id ?? linked.id;
  const identity = {
    id,
    displayName: own.name ?? linked.name,
    kind: null,
    tenantId: null,
    countryCode: null,
    region: null,
    languageId: null,
  };
  const fields = {
    ...callFields(reading),
    change: reading.type,
    snapshot: false,
    participants: id === null ? [] : [{ id, identity, isMuted: null, isInLobby: null, role: null, mediaStreams: null }],
  };
  return { type: 'calling.CallNotification.ParticipantEvent', record: { ...fields, extensions: extensionsOf(reading) } };
}
