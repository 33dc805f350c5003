import { readFileSync } from 'node:fs';
import type { JsonObject } from '@switchboard/source-kit';
import { describe, expect, it } from 'vitest';
import { eventOf, rawOf } from '../testing/raw-notification.ts';
import { normalize } from './normalize.ts';
import { documentOf, eventOn, frame, inCommunication, inConversation } from './testing/document.ts';

const fixture = JSON.parse(readFileSync(new URL('fixtures/incoming-call.json', import.meta.url), 'utf8')) as JsonObject;
const only = (event: JsonObject) => eventOf(normalize(rawOf(documentOf(event))));

describe('an invitation to a call', () => {
  it('that starts is an incoming call of its conversation', () => {
    const event = eventOf(normalize(rawOf(fixture)));
    expect(event.type).toBe('calling.CallNotification.IncomingCallEvent');
    expect(event.record).toMatchObject({
      callId: 'c2',
      conversationId: 'c2',
      callChainId: 'thread-9',
      threadId: 'thread-9',
      protocol: 'ucwa',
      direction: 'incoming',
      state: 'connecting',
      subject: null,
      modalities: ['audioVideo'],
      caller: { id: 'tel:+4930987654', kind: 'phone', displayName: 'Bo Example' },
      targets: [{ id: 'sip:+4989123456@contoso.example;user=phone', kind: 'phone', displayName: null }],
      onBehalfOf: null,
      callbackUri: null,
      sequence: 1,
    });
  });

  it('keeps what holds the keys of the media to itself', () => {
    const text = JSON.stringify(normalize(rawOf(fixture)));
    expect(text).not.toContain('not-to-be-seen');
    expect(text).toContain('[redacted]');
  });

  it('hands on the callback address that was minted for it', () => {
    const answer = { status: 200, location: null, callbackContext: null, callbackUri: 'https://emea.example/ucwa/contoso/token' };
    expect(eventOf(normalize(rawOf(fixture, { answer }))).record.callbackUri).toBe(answer.callbackUri);
  });

  it.each([
    ['started', 'Outgoing', 'Connecting', 'connecting'],
    ['updated', 'Incoming', 'Connected', 'connected'],
    ['completed', 'Incoming', 'Declined', 'declined'],
  ])('that is %s and %s tells the state of the call', (type, direction, rawState, state) => {
    const event = only(
      eventOn('phoneAudioInvitation', type, inCommunication('invitations/i1'), {
        resource: { direction, state: rawState },
        more: { status: 'Failure', reason: { code: 'Informational', subcode: 'Declined' } },
      }),
    );
    expect(event.type).toBe('calling.CallNotification.CallStateEvent');
    expect(event.record).toMatchObject({
      callId: 'c1',
      state,
      rawState,
      direction: direction.toLowerCase(),
      changeType: type,
      modalities: ['phoneAudio'],
      terminationReason: 'Declined',
      resultMessage: 'Informational: Declined',
    });
  });

  it('that names no conversation is a call under the id of the invitation', () => {
    const sender = { rel: 'communication', href: inCommunication('') };
    const event = eventOn('phoneAudioInvitation', 'started', inCommunication('invitations/i146'));
    const document = { ...frame(''), sender: [{ ...sender, events: [event] }] };
    expect(eventOf(normalize(rawOf(document))).record).toMatchObject({ callId: 'i146', conversationId: null, direction: 'incoming' });
  });
});

it.each(['audioVideo', 'phoneAudio'])('%s tells the state of the call', (rel) => {
  const event = only(
    eventOn(`ms:rtc:saas:${rel}`, 'updated', inConversation(rel), { resource: { state: 'Disconnecting', callContext: 'x' } }),
  );
  expect(event.record).toMatchObject({
    callId: 'c1',
    state: 'disconnecting',
    rawState: 'Disconnecting',
    modalities: [rel],
    terminationReason: null,
  });
});

it('audio that is gone has no state of its own', () => {
  expect(only(eventOn('audioVideo', 'deleted', inConversation('audioVideo'))).record).toMatchObject({
    state: 'unknown',
    rawState: '',
    changeType: 'deleted',
  });
});

it.each([
  ['Connected', 'active'],
  ['Disconnected', 'inactive'],
  ['Establishing', 'establishing'],
  ['constructor', 'constructor'],
])('media that are %s are %s', (state, mediaState) => {
  const event = only(eventOn('audioVideoFlow', 'updated', inConversation('audioVideo/audioVideoFlow'), { resource: { state } }));
  expect(event.record).toMatchObject({ state: 'unknown', rawState: state, mediaState });
});

it.each([
  ['started', undefined, 'transferring', 'started'],
  ['completed', 'Success', 'unknown', 'Success'],
])('a transfer that is %s tells the state %s', (type, status, state, rawState) => {
  const event = only(eventOn('transfer', type, inConversation('audioVideo/transfer'), { more: status === undefined ? {} : { status } }));
  expect(event.record).toMatchObject({ state, rawState });
});

it.each([
  ['started', {}, 'running', null],
  ['completed', { status: 'Success' }, 'completed', null],
  [
    'completed',
    { status: 'Failure', reason: { code: 'Informational', subcode: 'PromptsStopped', message: null } },
    'failed',
    'Informational: PromptsStopped',
  ],
])('a prompt that is %s with %j is %s', (type, more, status, resultMessage) => {
  const event = only(
    eventOn('prompt', type, inConversation('audioVideo/audioVideoFlow/prompts/p1'), {
      resource: { promptUri: 'https://example.com/p' },
      more,
    }),
  );
  expect(event.type).toBe('calling.CallNotification.OperationEvent');
  expect(event.record).toMatchObject({ operation: 'playPrompt', operationId: 'p1', status, resultMessage });
});

it.each([
  [{ tone: 'Tone1', sequenceId: 7 }, '1', 7],
  [{ tone: 'TonePound' }, 'pound', null],
  [{ tone: 'Star', sequenceId: 1.5 }, 'star', null],
  [undefined, '9', null],
])('a tone %j is the key %s', (resource, tone, toneSequence) => {
  const href = `${inConversation('audioVideo/audioVideoFlow/tone')}?toneId=Tone9`;
  const event = only(eventOn('tone', 'completed', href, resource === undefined ? {} : { resource }));
  expect(event.type).toBe('calling.CallNotification.ToneEvent');
  expect(event.record).toMatchObject({ callId: 'c1', tone, toneSequence });
});

it.each(['participantAudio', 'participantVideo', 'participantPanoramicVideo'])('%s is a change of the roster of the call', (rel) => {
  const href = inConversation(`participants/bo@contoso.example/${rel}`);
  const event = only(eventOn(rel, 'deleted', href, { more: { in: { rel: 'participant', href, title: 'Bo' } } }));
  expect(event.type).toBe('calling.CallNotification.ParticipantEvent');
  expect(event.record).toMatchObject({ change: 'deleted', snapshot: false, participants: [{ id: 'bo@contoso.example' }] });
});

it('the participant whom the video is locked on is a change of the roster of the call', () => {
  const resource = { _links: { participant: { href: inConversation('participants/bo@contoso.example'), title: 'Bo' } } };
  const event = only(eventOn('videoLockedOnParticipant', 'added', inConversation('audioVideo/videoLockedOnParticipant'), { resource }));
  expect(event.record).toMatchObject({
    participants: [{ id: 'bo@contoso.example', identity: { id: 'bo@contoso.example', displayName: 'Bo' } }],
  });
});

it('a renegotiation of the media is an operation', () => {
  const event = only(eventOn('audioVideoRenegotiation', 'started', inConversation('audioVideo/audioVideoSession/renegotiations/r1')));
  expect(event.record).toMatchObject({ operation: 'renegotiate', operationId: 'r1', status: 'running' });
});
