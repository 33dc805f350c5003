import type { EventDraft } from '@switchboard/contracts';
import { isList, type Members } from '../members.ts';
import { extensionsOf } from './extensions.ts';
import type { Person } from './people.ts';
import { commonFields, peekResource, rawChangeOf, takeResource, type UcwaReading } from './reading.ts';

export interface ConversationChange {
  readonly changeType?: 'UPSERT' | 'DELETE';
  readonly change: string;
  readonly state?: string | null;
  readonly originator?: Person;
  readonly participants?: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly role: string | null;
    readonly state: string | null;
  }[];
  readonly membersAdded?: readonly string[];
  readonly membersRemoved?: readonly string[];
  readonly modalities?: readonly string[];
}

/** The event of a change whose own members were taken already. */
export function conversationChangeEvent(reading: UcwaReading, change: ConversationChange): EventDraft {
  const fields = {
    ...commonFields(reading),
    changeType: change.changeType ?? 'UPSERT',
    change: change.change,
    rawChange: rawChangeOf(reading),
    state: change.state ?? null,
    topic: takeResource(reading, 'subject'),
    originatorId: change.originator?.id ?? null,
    channelId: null,
    serviceUrl: null,
    participants: [...(change.participants ?? [])],
    membersAdded: [...(change.membersAdded ?? [])],
    membersRemoved: [...(change.membersRemoved ?? [])],
    modalities: [...(change.modalities ?? [])],
  };
  return { type: 'cqm.ExConversationChangeNotification', record: { ...fields, extensions: extensionsOf(reading) } };
}

const STATES: Readonly<Record<string, string>> = { Connected: 'OPEN', Conferenced: 'OPEN', Disconnected: 'CLOSE' };

/** The conversation itself was added, updated or deleted; its state as sent stays in the extensions. */
export function conversationEvent(reading: UcwaReading): EventDraft {
  const sent = peekResource(reading, 'state');
  const gone = reading.type === 'deleted';
  const state = gone ? 'CLOSE' : sent === null ? null : Object.hasOwn(STATES, sent) ? (STATES[sent] ?? null) : sent;
  return conversationChangeEvent(reading, {
    changeType: gone ? 'DELETE' : 'UPSERT',
    change: state === 'CLOSE' ? 'closed' : reading.type === 'added' ? 'created' : 'updated',
    state,
    modalities: takeModalities(reading.members, [...reading.resource, 'activeModalities']),
  });
}

/** A modality of the conversation, its meeting or its bridge changed. */
export function conversationPartEvent(reading: UcwaReading): EventDraft {
  return conversationChangeEvent(reading, { change: reading.rel === 'onlineMeeting' ? 'meeting' : 'updated' });
}

// Taken only where every entry is text, so that nothing else is lost with the list.
function takeModalities(members: Members, path: readonly (string | number)[]): readonly string[] {
  const modalities = members.peek(...path);
  if (!isList(modalities) || !modalities.every((modality) => typeof modality === 'string')) return [];
  members.take(...path);
  return modalities;
}
