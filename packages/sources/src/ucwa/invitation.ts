import type { EventDraft } from '@switchboard/contracts';
import { callStateEvent } from './call.ts';
import { callFields, directionOf, modalitiesOf, stateOf } from './call-fields.ts';
import { conversationChangeEvent } from './conversation.ts';
import { extensionsOf } from './extensions.ts';
import { contentEvent } from './message.ts';
import { personOfLink, takeInviter } from './people.ts';
import { peekResource, takeResource, type UcwaReading } from './reading.ts';

/**
 * An invitation to messages, a meeting or a conversation. The first message travels in every notice of its invitation;
 * only the one that starts it makes the content event, so that one message makes one event.
 */
export function invitationEvents(reading: UcwaReading): readonly EventDraft[] {
  const inviter = takeInviter(reading);
  const content = reading.type === 'started' ? contentEvent(reading, ['message'], inviter) : undefined;
  const participants = inviter.id === null ? [] : [{ id: inviter.id, name: inviter.name, role: null, state: null }];
  const change = conversationChangeEvent(reading, { change: 'invitation', originator: inviter, participants });
  return content === undefined ? [change] : [change, content];
}

/** An invitation to a call: one that starts and does not come from us is an incoming call, all else tells its state. */
export function callInvitationEvent(reading: UcwaReading): EventDraft {
  return reading.type === 'started' && directionOf(reading) !== 'outgoing' ? incomingCallEvent(reading) : callStateEvent(reading);
}

function incomingCallEvent(reading: UcwaReading): EventDraft {
  const inviter = takeInviter(reading);
  const called = takeResource(reading, 'to');
  const delegator = personOfLink(reading, 'delegator');
  const fields = {
    ...callFields(reading),
    state: stateOf(reading).state,
    direction: directionOf(reading) ?? 'incoming',
    subject: takeResource(reading, 'subject') || null,
    modalities: modalitiesOf(reading),
    caller: inviter.id === null && inviter.name === null ? null : party(inviter.id, inviter.name),
    targets: called === null ? [] : [party(called, null)],
    onBehalfOf: delegator.id === null ? null : party(delegator.id, delegator.name),
    callbackUri: reading.raw.answer.callbackUri,
    threadId: peekResource(reading, 'threadId'),
    meeting: null,
  };
  return { type: 'calling.CallNotification.IncomingCallEvent', record: { ...fields, extensions: extensionsOf(reading) } };
}

function party(id: string | null, displayName: string | null) {
  const kind = id === null ? null : /^tel:|;user=phone$/i.test(id) ? 'phone' : 'user';
  return { id, kind, displayName, tenantId: null, countryCode: null, region: null, languageId: null };
}
