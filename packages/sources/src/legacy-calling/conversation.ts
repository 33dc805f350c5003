import type { CallParty, EventDraft, LegacyParticipant } from '@switchboard/contracts';
import { modalities } from '../calling/enums.ts';
import { takeEnums, takeName } from '../calling/take.ts';
import type { Members } from '../members.ts';
import { identityKindOf, participantsOf } from './payload.ts';
import { extensionsOf, type Reading, takeCommonFields, takeState } from './reading.ts';

/** The event of a legacy notification that was answered with 204. */
export function determinationEvent(reading: Reading): EventDraft {
  const { members, form } = reading;
  const fields = {
    ...takeCommonFields(reading),
    state: takeState(reading).state,
    notificationKind: form.notificationKind,
    subject: takeName(members, 'subject'),
    modalities: takeEnums(members, modalities, 'presentedModalityTypes'),
    participants: participantsOf(form.root).map((_, index) => takeParticipant(members, index)),
  };
  return { type: 'calling.CallNotification.ProtocolDeterminationEvent', record: { ...fields, extensions: extensionsOf(reading) } };
}

/** The event of a legacy conversation that was accepted. Its first originator calls, all others are called. */
export function incomingCallEvent(reading: Reading): EventDraft {
  const { members, form, raw } = reading;
  const participants = participantsOf(form.root);
  const originator = participants.findIndex((participant) => participant.originator === true);
  const common = takeCommonFields(reading);
  const fields = {
    ...common,
    state: takeState(reading).state,
    direction: 'incoming',
    subject: takeName(members, 'subject'),
    modalities: takeEnums(members, modalities, 'presentedModalityTypes'),
    caller: originator === -1 ? null : takeParty(members, originator, true),
    targets: participants.flatMap((_, index) => (index === originator ? [] : [takeParty(members, index, false)])),
    callbackUri: raw.answer.callbackUri,
    threadId: common.conversationId,
  };
  return { type: 'calling.CallNotification.IncomingCallEvent', record: { ...fields, extensions: extensionsOf(reading) } };
}

function takeParticipant(members: Members, index: number): LegacyParticipant {
  return {
    identity: takeName(members, 'participants', index, 'identity') ?? '',
    displayName: takeName(members, 'participants', index, 'displayName'),
    originator: members.takeBoolean('participants', index, 'originator') ?? false,
    languageId: takeName(members, 'participants', index, 'languageId'),
  };
}

function takeParty(members: Members, index: number, originator: boolean): CallParty {
  const at = ['participants', index] as const;
  if (members.peek(...at, 'originator') === originator) members.takeBoolean(...at, 'originator');
  const id = takeName(members, ...at, 'identity');
  return {
    id,
    kind: identityKindOf(id),
    displayName: takeName(members, ...at, 'displayName'),
    tenantId: takeName(members, ...at, 'tenantId'),
    countryCode: null,
    region: takeName(members, ...at, 'region'),
    languageId: takeName(members, ...at, 'languageId'),
  };
}
