import type { EventDraft } from '@switchboard/contracts';
import { callFields, directionOf, modalitiesOf, stateOf } from './call-fields.ts';
import { extensionsOf } from './extensions.ts';
import { lastSegment } from './href.ts';
import { peekReason, peekResource, type UcwaReading } from './reading.ts';

/** Audio of the conversation was added, updated or deleted, or an invitation to it went on. */
export function callStateEvent(reading: UcwaReading): EventDraft {
  const { state, rawState } = stateOf(reading);
  return stateEvent(reading, { state: state ?? 'unknown', rawState });
}

const MEDIA_STATES: Readonly<Record<string, string>> = { connected: 'active', disconnected: 'inactive' };

/** The flow or the session of the media, which has a state of its own. */
export function mediaStateEvent(reading: UcwaReading): EventDraft {
  const { state, rawState } = stateOf(reading);
  const mediaState = state !== null && Object.hasOwn(MEDIA_STATES, state) ? (MEDIA_STATES[state] ?? null) : state;
  return stateEvent(reading, { state: 'unknown', rawState, mediaState });
}

/** A transfer of the call began or ended; the state of the call itself is in its own events. */
export function transferEvent(reading: UcwaReading): EventDraft {
  const status = reading.members.peekText('event', 'status');
  return stateEvent(reading, { state: reading.type === 'completed' ? 'unknown' : 'transferring', rawState: status ?? reading.type });
}

interface State {
  readonly state: string;
  readonly rawState: string;
  readonly mediaState?: string | null;
}

function stateEvent(reading: UcwaReading, { state, rawState, mediaState = null }: State): EventDraft {
  const failed = reading.members.peekText('event', 'status')?.toLowerCase() === 'failure';
  const fields = {
    ...callFields(reading),
    state,
    rawState,
    changeType: reading.type,
    direction: directionOf(reading),
    mediaState,
    modalities: modalitiesOf(reading),
    terminationReason: failed
      ? (reading.members.peekText('event', 'reason', 'subcode') ?? reading.members.peekText('event', 'reason', 'code'))
      : null,
    resultCode: null,
    resultSubcode: null,
    resultMessage: peekReason(reading),
  };
  return { type: 'calling.CallNotification.CallStateEvent', record: { ...fields, extensions: extensionsOf(reading) } };
}

const OPERATIONS: Readonly<Record<string, string>> = { prompt: 'playPrompt', audioVideoRenegotiation: 'renegotiate' };
const STATUSES: Readonly<Record<string, string>> = { started: 'running', updated: 'running', completed: 'completed' };

/** An operation on the call: a prompt, a renegotiation of the media. */
export function operationEvent(reading: UcwaReading): EventDraft {
  const { rel, type, members } = reading;
  const failed = members.peekText('event', 'status')?.toLowerCase() === 'failure';
  const fields = {
    ...callFields(reading),
    operationId: peekResource(reading, 'operationId') ?? lastSegment(reading.address) ?? null,
    operation: Object.hasOwn(OPERATIONS, rel) ? (OPERATIONS[rel] ?? rel) : rel,
    status: failed ? 'failed' : Object.hasOwn(STATUSES, type) ? (STATUSES[type] ?? type) : type,
    clientContext: null,
    resultCode: null,
    resultSubcode: null,
    resultMessage: peekReason(reading),
  };
  return { type: 'calling.CallNotification.OperationEvent', record: { ...fields, extensions: extensionsOf(reading) } };
}

/** A DTMF tone: "Tone1", "Star" or "TonePound"; without an embedded resource the link's query names it. */
export function toneEvent(reading: UcwaReading): EventDraft {
  const { members, address, resource } = reading;
  const sent = peekResource(reading, 'tone') ?? address.query.toneId ?? '';
  const sequence = members.peek(...resource, 'sequenceId');
  const fields = {
    ...callFields(reading),
    tone: sent.replace(/^tone/i, '').toLowerCase() || 'unknown',
    toneSequence: Number.isSafeInteger(sequence) ? members.takeNumber(...resource, 'sequenceId') : null,
  };
  return { type: 'calling.CallNotification.ToneEvent', record: { ...fields, extensions: extensionsOf(reading) } };
}
