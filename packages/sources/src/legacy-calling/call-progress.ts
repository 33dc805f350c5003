import type { CallParticipant, EventDraft } from '@switchboard/contracts';
import { canonical } from '../calling/enums.ts';
import { takeInt32, takeName } from '../calling/take.ts';
import type { JsonObject, Members } from '../members.ts';
import { identityKindOf, participantsOf } from './payload.ts';
import { extensionsOf, type Reading, takeCommonFields, takeState } from './reading.ts';

/** The event of a call state that an accepted notification carries. */
export function callStateEvent(reading: Reading): EventDraft {
  const { members } = reading;
  const { state, rawState } = takeState(reading);
  const fields = {
    ...takeCommonFields(reading),
    state: state ?? 'unknown',
    rawState,
    resultCode: takeInt32(members, 'stateChangeCode'),
  };
  return { type: 'calling.CallNotification.CallStateEvent', record: { ...fields, extensions: extensionsOf(reading) } };
}

/** The event of an operation's outcome. */
export function operationEvent(reading: Reading): EventDraft {
  const { members } = reading;
  const at = 'operationOutcome';
  const fields = {
    ...takeCommonFields(reading),
    operationId: takeName(members, at, 'id'),
    operation: operationName(takeName(members, at, 'type')),
    status: statusName(takeName(members, at, 'outcome')),
    clientContext: takeName(members, 'appState'),
    resultMessage: takeName(members, at, 'failureReason'),
  };
  return { type: 'calling.CallNotification.OperationEvent', record: { ...fields, extensions: extensionsOf(reading) } };
}

/** The event of a roster update, which lists every stream of every participant. */
export function rosterEvent(reading: Reading): EventDraft {
  const { members, form } = reading;
  const fields = {
    ...takeCommonFields(reading),
    change: 'updated',
    snapshot: true,
    participants: participantsOf(form.root).map((participant, index) => takeStream(members, participant, index)),
  };
  return { type: 'calling.CallNotification.ParticipantEvent', record: { ...fields, extensions: extensionsOf(reading) } };
}

const operations = [
  'answer',
  'hangup',
  'reject',
  'playPrompt',
  'record',
  'recognize',
  'workflowValidation',
  'answerAppHostedMedia',
  'videoSubscription',
];

function operationName(type: string | null): string {
  if (type === null) return 'unknown';
  // The platform misspells this one on the wire.
  const name = type.replace(/outcome$/i, '').replace(/^worfklow/i, 'workflow');
  return name === '' ? 'unknown' : canonical(name, operations);
}

const statuses: Readonly<Record<string, string>> = { success: 'completed', failure: 'failed' };

function statusName(outcome: string | null): string {
  if (outcome === null) return 'unknown';
  const name = canonical(outcome, Object.keys(statuses));
  return Object.hasOwn(statuses, name) ? (statuses[name] ?? name) : name;
}

const streamMembers = ['mediaType', 'mediaStreamDirection', 'mediaStreamId'] as const;

function takeStream(members: Members, participant: JsonObject, index: number): CallParticipant {
  const at = ['participants', index] as const;
  const stream = streamMembers.flatMap((name) => (Object.hasOwn(participant, name) ? [[name, members.take(...at, name)] as const] : []));
  const id = takeName(members, ...at, 'identity');
  return {
    id: takeName(members, ...at, 'legId'),
    identity: {
      id,
      kind: identityKindOf(id),
      displayName: takeName(members, ...at, 'displayName'),
      tenantId: takeName(members, ...at, 'tenantId'),
      countryCode: null,
      region: takeName(members, ...at, 'region'),
      languageId: takeName(members, ...at, 'languageId'),
    },
    isMuted: null,
    isInLobby: null,
    role: takeName(members, ...at, 'contentSharingRole'),
    mediaStreams: stream.length === 0 ? null : JSON.stringify([Object.fromEntries(stream)]),
  };
}
