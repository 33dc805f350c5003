import type { JsonObject } from '@switchboard/source-kit';
import { describe, expect, it } from 'vitest';
import { eventOf, eventsOf, extensionsOf, rawOf } from '../testing/raw-notification.ts';
import { normalize } from './normalize.ts';
import { documentOf, eventOn, frame, inCommunication, inConversation } from './testing/document.ts';

const only = (event: JsonObject) => eventOf(normalize(rawOf(documentOf(event))));

describe('a conversation', () => {
  it.each([
    ['added', 'Connecting', 'UPSERT', 'created', 'Connecting'],
    ['updated', 'Connected', 'UPSERT', 'updated', 'OPEN'],
    ['updated', 'Conferenced', 'UPSERT', 'updated', 'OPEN'],
    ['updated', 'InLobby', 'UPSERT', 'updated', 'InLobby'],
    ['updated', 'Disconnected', 'UPSERT', 'closed', 'CLOSE'],
  ])('%s in the state %s is %s %s', (type, state, changeType, change, expected) => {
    const event = only(
      eventOn('ms:rtc:saas:conversation', type, inConversation(''), {
        resource: { state, subject: 'Lunch', activeModalities: ['Messaging'] },
      }),
    );
    expect(event.record).toMatchObject({
      changeType,
      change,
      state: expected,
      topic: 'Lunch',
      modalities: ['Messaging'],
      rawChange: `conversation:${type}`,
    });
    expect(extensionsOf(event)).toMatchObject({ event: { _embedded: { 'ms:rtc:saas:conversation': { state } } } });
  });

  it('deleted is gone', () => {
    expect(only(eventOn('conversation', 'deleted', inConversation(''))).record).toMatchObject({
      changeType: 'DELETE',
      change: 'closed',
      state: 'CLOSE',
    });
  });

  it('keeps modalities that are not texts as they came', () => {
    const event = only(eventOn('conversation', 'updated', inConversation(''), { resource: { activeModalities: ['Audio', 7] } }));
    expect(event.record.modalities).toEqual([]);
    expect(String(event.record.extensions)).toContain('["Audio",7]');
  });
});

it.each([
  ['messaging', 'updated'],
  ['dataCollaboration', 'updated'],
  ['applicationSharing', 'updated'],
  ['applicationSharer', 'updated'],
  ['conversationBridge', 'updated'],
  ['onlineMeeting', 'meeting'],
])('%s is a change of the conversation: %s', (rel, change) => {
  expect(only(eventOn(rel, 'added', inConversation(rel))).record).toMatchObject({
    change,
    rawChange: `${rel}:added`,
    conversationId: 'c1',
  });
});

it.each(['onlineMeetingInvitation', 'participantInvitation'])('%s is an invitation', (rel) => {
  expect(only(eventOn(rel, 'started', inCommunication('invitations/1'))).record).toMatchObject({
    change: 'invitation',
    rawChange: `${rel}:started`,
  });
});

describe('a participant', () => {
  const href = inConversation('participants/bo%40contoso.example');

  it.each([
    ['added', ['bo@contoso.example'], []],
    ['deleted', [], ['bo@contoso.example']],
  ])('%s is a change of members', (type, membersAdded, membersRemoved) => {
    const event = only(eventOn('participant', type, href, { resource: { name: 'Bo', role: 'Attendee', uri: 'sip:bo@contoso.example' } }));
    expect(event.record).toMatchObject({
      change: 'members',
      membersAdded,
      membersRemoved,
      participants: [{ id: 'bo@contoso.example', name: 'Bo', role: 'Attendee', state: null }],
    });
  });

  it('updated is a change of the roster', () => {
    expect(only(eventOn('localParticipant', 'updated', href)).record).toMatchObject({
      change: 'roster',
      membersAdded: [],
      membersRemoved: [],
    });
  });

  it.each(['lobby', 'attendees', 'leaders'])('added to the list %s is a change of the roster and no new member', (list) => {
    const event = only(eventOn('participant', 'added', href, { more: { in: { rel: list, href: inConversation(list) } } }));
    expect(event.record).toMatchObject({
      change: 'roster',
      rawChange: `participant:added in ${list}`,
      membersAdded: [],
      participants: [{ state: list }],
    });
  });

  it.each(['participantMessaging', 'participantDataCollaboration', 'participantApplicationSharing'])(
    'in %s is a change of the roster',
    (rel) => {
      const event = only(eventOn(rel, 'added', `${href}/messaging`));
      expect(event.record).toMatchObject({ change: 'roster', participants: [{ id: 'bo@contoso.example' }] });
    },
  );

  it('whom no href identifies keeps the name in the extensions', () => {
    const event = only(eventOn('participant', 'added', '/elsewhere', { resource: { name: 'Bo', role: 'Leader' } }));
    expect(event.record).toMatchObject({ change: 'roster', participants: [] });
    expect(extensionsOf(event)).toMatchObject({ event: { _embedded: { participant: { name: 'Bo', role: 'Leader' } } } });
  });

  it('behind a bridge is a change of the roster', () => {
    const bridged = inConversation('bridgedParticipants/x');
    expect(only(eventOn('bridgedParticipant', 'added', bridged, { resource: { displayName: 'Bo' } })).record).toMatchObject({
      change: 'roster',
    });
  });
});

describe('what no rule maps', () => {
  it.each(['communication', 'missedItems', 'me', 'presence', 'note', 'policies', 'contact', 'brandNew', 'toString'])(
    '%s is kept whole',
    (rel) => {
      const event = eventOn(rel, 'updated', `/ucwa/v1/applications/77/${rel}`, { resource: { deep: { member: 'kept' } } });
      const document = { ...frame(), sender: [{ rel: 'me', href: '/me', events: [event] }] };
      const unmapped = eventOf(normalize(rawOf(document)));
      expect(unmapped).toMatchObject({
        type: 'switchboard.UnmappedNotification',
        topic: 'events.conversation.v1',
        record: { kind: `${rel}:updated`, sequence: 3 },
      });
      expect(JSON.parse(String(unmapped.record.body))).toEqual({ event, sender: { rel: 'me', href: '/me' }, document: frame() });
    },
  );

  it('an unknown type of change is kept for every resource', () => {
    expect(only(eventOn('conversation', 'moved', inConversation(''))).record.kind).toBe('conversation:moved');
  });

  it.each([null, 7, 'text', [], {}, { link: null }, { link: { rel: 3 } }])('an event that is %j fails alone', (broken) => {
    const document = {
      ...frame(),
      sender: [{ rel: 'conversation', events: [broken, eventOn('conversation', 'updated', inConversation(''))] }],
    };
    const events = eventsOf(normalize(rawOf(document as JsonObject)));
    expect(events.map((event) => event.type)).toEqual(['switchboard.UnmappedNotification', 'cqm.ExConversationChangeNotification']);
    expect(events[0]).toMatchObject({ record: { kind: 'unknown' } });
  });

  it.each([7, null, 'text', [1], { rel: 'me', event: {} }, { events: 7 }])('a sender that is %j is kept too', (sender) => {
    expect(eventOf(normalize(rawOf({ ...frame(), sender: [sender] } as JsonObject))).record.kind).toBe('unknown');
  });
});

describe('a document', () => {
  it('that mixes conversations gives each event its own, in the order of the document', () => {
    const about = (conversation: string) => eventOn('conversation', 'updated', inConversation('', conversation));
    const senders = [
      { rel: 'communication', href: inCommunication(''), events: [about('c1'), about('c2')] },
      { rel: 'conversation', href: inConversation('', 'c3'), events: [eventOn('messaging', 'updated', '/elsewhere')] },
      { rel: 'communication', href: inCommunication(''), events: [about('c1')] },
    ];
    const events = eventsOf(normalize(rawOf({ ...frame(), sender: senders })));
    expect(events.map((event) => (event.record as { conversationId?: unknown }).conversationId)).toEqual(['c1', 'c2', 'c3', 'c1']);
  });

  it.each([
    [{ ...frame(), sender: [] }],
    [frame()],
    [{ ...frame(), sender: null }],
    [{ ...frame(), sender: [{ rel: 'a', href: '/', events: [] }] }],
    [{ ...frame(), sender: [{ rel: 'a', href: '/' }] }],
  ])('without events is empty: %j', (document) => {
    expect(normalize(rawOf(document as JsonObject))).toEqual({ kind: 'empty', code: 'ERR_NORMALIZE_EMPTY' });
  });

  it.each([
    ['{', 'ERR_BODY_SYNTAX'],
    ['[]', 'ERR_NORMALIZE_SHAPE'],
    ['7', 'ERR_NORMALIZE_SHAPE'],
    ['{}', 'ERR_NORMALIZE_SHAPE'],
    ['{"sender":{}}', 'ERR_NORMALIZE_SHAPE'],
  ])('%s is rejected with %s', (body, code) => {
    expect(normalize(rawOf(Buffer.from(body)))).toMatchObject({ kind: 'rejected', code });
  });

  it('gives an event the conversation that its resource names before one that it only leads into', () => {
    const _links = { from: { href: inConversation('participants/ann', 'c8') }, 'service:conversation': { href: inConversation('', 'c9') } };
    const event = eventOn('participantInvitation', 'started', inCommunication('invitations/1'), { resource: { _links } });
    expect(only(event).record.conversationId).toBe('c9');
  });

  it('carries the context of its callback URL as it was received', () => {
    const query = 'callbackContext={"JobId":"j"%2c"InstanceId":"i"}';
    const raw = rawOf(documentOf(eventOn('conversation', 'updated', inConversation(''))), {
      query,
      pathParameters: { app: 'a', '*': 'customContext=xxx' },
    });
    expect(extensionsOf(eventOf(normalize(raw)))).toMatchObject({
      callbackContext: '{"JobId":"j","InstanceId":"i"}',
      callbackPath: 'customContext=xxx',
    });
  });

  it('with a malformed base address is read all the same', () => {
    const document = { ...documentOf(eventOn('conversation', 'updated', inConversation(''))), baseuri: 'ht!tp:///:::' };
    expect(eventOf(normalize(rawOf(document))).record.conversationId).toBe('c1');
  });
});
