import type { CallParticipant, EventDraft } from '@switchboard/contracts';
import { isJsonList, isJsonObject } from '@switchboard/source-kit';
import { takeJson, takeName, takeWhole } from '../calling/take.ts';
import type { Members } from '../members.ts';
import { takeParty } from './party.ts';
import { extensionsOf, inEntity, type Reading, takeChangeType, takeCommonFields } from './reading.ts';

type Path = readonly (string | number)[];

/** The event of one participant entity. */
export function participantEvent(reading: Reading): EventDraft {
  const participant = takeParticipant(reading.members, ...inEntity);
  return rosterEvent(reading, [{ ...participant, id: participant.id ?? reading.change.path.entityId }], false);
}

/**
 * The event of a list of participants. The platform packs the whole roster into one update of the collection; who is
 * absent from it has left, which only the list as a whole can say.
 */
export function participantsEvent(reading: Reading, count: number): EventDraft {
  const { change, members } = reading;
  const participants = Array.from({ length: count }, (_, index) => takeParticipant(members, ...inEntity, index));
  const wholeRoster = change.changeType === 'updated' && change.path.collection === 'participants' && change.path.entityId === null;
  return rosterEvent(reading, participants, wholeRoster);
}

/** The event of a delta roster: participants that changed since the last one. */
export function deltaParticipantsEvent(reading: Reading): EventDraft {
  const { members, entity } = reading;
  const listed = isJsonList(entity.participants) ? entity.participants : [];
  const participants = listed.flatMap((participant, index) =>
    isJsonObject(participant) ? [takeParticipant(members, ...inEntity, 'participants', index)] : [],
  );
  return rosterEvent(reading, participants, false, takeWhole(members, ...inEntity, 'sequenceNumber'));
}

function rosterEvent(
  reading: Reading,
  participants: readonly CallParticipant[],
  snapshot: boolean,
  sequence: number | null = null,
): EventDraft {
  const changeType = takeChangeType(reading);
  const fields = {
    ...takeCommonFields(reading),
    sequence,
    change: changeType === 'created' ? 'added' : changeType,
    snapshot,
    participants: [...participants],
  };
  return { type: 'calling.CallNotification.ParticipantEvent', record: { ...fields, extensions: extensionsOf(reading) } };
}

function takeParticipant(members: Members, ...path: Path): CallParticipant {
  return {
    id: takeName(members, ...path, 'id'),
    identity: takeParty(members, ...path, 'info'),
    isMuted: members.takeBoolean(...path, 'isMuted'),
    isInLobby: members.takeBoolean(...path, 'isInLobby'),
    role: takeName(members, ...path, 'role'),
    mediaStreams: takeJson(members, ...path, 'mediaStreams'),
  };
}
