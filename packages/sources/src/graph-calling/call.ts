import type { EventDraft } from '@switchboard/contracts';
import { isJsonList, isJsonObject } from '@switchboard/source-kit';
import { canonical, directions, modalities } from '../calling/enums.ts';
import { takeEnum, takeEnums, takeJson, takeName, takeWhole } from '../calling/take.ts';
import { takeIdentitySet, takeParty } from './party.ts';
import { callStates, filledText, isNewIncomingCall } from './payload.ts';
import { extensionsOf, inEntity, type Reading, takeChangeType, takeCommonFields, takeResult } from './reading.ts';

/** Events of a call entity. `read` opens the entity again for each event, because each event has its own remainder. */
export function callEvents(read: () => Reading): readonly EventDraft[] {
  const { change, entity } = read();
  if (isNewIncomingCall(change, entity)) return [incomingCallEvent(read())];
  if (!isJsonObject(entity.toneInfo)) return [callStateEvent(read())];
  // A tone is pressed in an established call; any other state beside it is a change of its own.
  const changesState = change.changeType === 'deleted' || stateOf(read()) !== 'established';
  return changesState ? [toneEvent(read()), callStateEvent(read())] : [toneEvent(read())];
}

function incomingCallEvent(reading: Reading): EventDraft {
  const { members, raw } = reading;
  const fields = {
    ...takeCommonFields(reading),
    state: takeEnum(members, callStates, ...inEntity, 'state'),
    direction: takeEnum(members, directions, ...inEntity, 'direction'),
    subject: takeName(members, ...inEntity, 'subject'),
    modalities: takeEnums(members, modalities, ...inEntity, 'requestedModalities'),
    caller: takeParty(members, ...inEntity, 'source'),
    targets: takeTargets(reading),
    onBehalfOf: takeIdentitySet(members, ...inEntity, 'incomingContext', 'onBehalfOf'),
    callbackUri: raw.answer.callbackUri,
    meeting: takeJson(members, ...inEntity, 'meetingInfo'),
  };
  const record = { ...fields, threadId: fields.conversationId, extensions: extensionsOf(reading) };
  return { type: 'calling.CallNotification.IncomingCallEvent', record };
}

function takeTargets({ members, entity }: Reading) {
  if (!isJsonList(entity.targets)) return [];
  return entity.targets.map((_, index) => takeParty(members, ...inEntity, 'targets', index)).filter((party) => party !== null);
}

function callStateEvent(reading: Reading): EventDraft {
  const { members } = reading;
  const fields = {
    ...takeCommonFields(reading),
    state: stateOf(reading),
    rawState: takeName(members, ...inEntity, 'state') ?? '',
    changeType: takeChangeType(reading),
    direction: takeEnum(members, directions, ...inEntity, 'direction'),
    mediaState: takeEnum(members, ['active', 'inactive'], ...inEntity, 'mediaState', 'audio'),
    modalities: takeEnums(members, modalities, ...inEntity, 'activeModalities'),
    terminationReason: takeName(members, ...inEntity, 'terminationReason'),
    ...takeResult(reading),
  };
  return { type: 'calling.CallNotification.CallStateEvent', record: { ...fields, extensions: extensionsOf(reading) } };
}

// The deletion of a call ends it, also where its last state is not repeated.
function stateOf({ entity, change }: Reading): string {
  const state = filledText(entity, 'state');
  if (state !== undefined) return canonical(state, callStates);
  return change.changeType === 'deleted' ? 'terminated' : 'unknown';
}

function toneEvent(reading: Reading): EventDraft {
  const { members } = reading;
  const at = [...inEntity, 'toneInfo'] as const;
  const toneSequence = takeWhole(members, ...at, 'sequenceId');
  const tone = takeName(members, ...at, 'tone');
  const fields = { ...takeCommonFields(reading), sequence: toneSequence, tone: tone === null ? 'unknown' : toneName(tone), toneSequence };
  return { type: 'calling.CallNotification.ToneEvent', record: { ...fields, extensions: extensionsOf(reading) } };
}

/** `tone5` gives `5`, `Star` gives `star`. */
function toneName(tone: string): string {
  return /^tone([0-9])$/i.exec(tone)?.[1] ?? canonical(tone, ['star', 'pound', 'a', 'b', 'c', 'd', 'flash']);
}
