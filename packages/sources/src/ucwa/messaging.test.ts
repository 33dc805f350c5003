import { readFileSync } from 'node:fs';
import type { JsonObject } from '@switchboard/source-kit';
import { describe, expect, it } from 'vitest';
import { eventOf, eventsOf, extensionsOf, rawOf, receivedAt } from '../testing/raw-notification.ts';
import { normalize } from './normalize.ts';
import { documentOf, eventOn, inCommunication, inConversation } from './testing/document.ts';

const fixture = JSON.parse(readFileSync(new URL('fixtures/message-completed.json', import.meta.url), 'utf8')) as JsonObject;
const plain = (text: string) => ({ href: `data:text/plain;charset=utf-8,${encodeURIComponent(text)}` });
const only = (event: JsonObject) => eventOf(normalize(rawOf(documentOf(event))));
const message = (type: string, resource: JsonObject, more: JsonObject = {}) =>
  only(eventOn('message', type, inConversation('messaging/messages/7'), { resource, more }));

describe('a message that came in', () => {
  const principal = { scheme: 'bearer', issuer: null, subject: null, tenantId: 'tenant-1', keyId: null };
  const event = eventOf(normalize(rawOf(fixture, { principal })));

  it('becomes content, although all that tells of it is its completion', () => {
    expect(event.type).toBe('ms.MessagingEventNotification.ContentEvent');
    expect(event.record).toMatchObject({
      message: 'Café at 1+1?',
      contentType: 'text/plain',
      messageId: '2',
      originatorId: 'ann@contoso.example',
      originatorName: 'Ann Example',
      conversationId: 'c1',
      tenantId: 'tenant-1',
      sequence: 4,
      occurredAt: 1715675400123,
    });
  });

  it('keeps its HTML form and everything around it in the extensions', () => {
    expect(extensionsOf(event)).toMatchObject({
      event: {
        status: 'Success',
        type: 'completed',
        _embedded: {
          'ms:rtc:saas:message': {
            timeStamp: '/Date(1715675400123)/',
            operationId: 'op-2',
            _links: { 'ms:rtc:saas:htmlMessage': { href: 'data:text/html;charset=utf-8,%3Cb%3ECaf%c3%a9%3C%2Fb%3E' } },
          },
        },
      },
      sender: { rel: 'ms:rtc:saas:conversation' },
      document: { baseuri: 'https://pool1.example.com', _links: { next: { href: expect.stringContaining('ack=5') } } },
    });
  });
});

it('a message in HTML alone is content of that media type', () => {
  const event = message('completed', { direction: 'Incoming', _links: { htmlMessage: { href: 'data:text/html,%3Cb%3Ehi%3C%2Fb%3E' } } });
  expect(event.record).toMatchObject({ message: '<b>hi</b>', contentType: 'text/html', occurredAt: receivedAt });
});

it('a message of ours is content when it starts', () => {
  expect(message('started', { direction: 'Outgoing', _links: { plainMessage: plain('hello') } }).type).toBe(
    'ms.MessagingEventNotification.ContentEvent',
  );
});

it.each([
  ['Success', 'ACCEPT', {}],
  ['Failure', 'NACK', { reason: { code: 'ServiceFailure', subcode: 'Timeout', message: 'too late' } }],
])('a message of ours that completed with %s is %s', (status, expected, more) => {
  const event = message('completed', { direction: 'Outgoing', _links: { plainMessage: plain('hello') } }, { status, ...more });
  expect(event.type).toBe('ms.MessagingEventNotification.AcceptStatusEvent');
  expect(event.record).toMatchObject({
    status: expected,
    rawStatus: status,
    messageIds: ['7'],
    reason: status === 'Failure' ? 'ServiceFailure: Timeout: too late' : null,
  });
});

it('a completed message takes the status of the resource where the event has none', () => {
  expect(message('completed', { status: 'Failed' }).record).toMatchObject({ status: 'NACK', rawStatus: 'Failed' });
});

it('a message of ours that starts without its text is kept unmapped', () => {
  expect(message('started', { direction: 'Outgoing' }).record.kind).toBe('message:started');
});

it.each([
  ['added', 'COMPOSING'],
  ['updated', 'COMPOSING'],
  ['deleted', 'PAUSE'],
])('a participant %s in the list of those who type is %s', (type, chatState) => {
  const list = { in: { rel: 'service:typingParticipants', href: inConversation('messaging/typingParticipants') } };
  const event = only(eventOn('service:participant', type, inConversation('participants/bo@contoso.example'), { more: list }));
  expect(event.type).toBe('ms.MessagingEventNotification.ChatStateEvent');
  expect(event.record).toMatchObject({ chatState, rawState: type, originatorId: 'bo@contoso.example', messageId: null });
});

describe('an invitation to messages', () => {
  const invitation = (type: string) =>
    documentOf(
      eventOn('service:messagingInvitation', type, inCommunication('messagingInvitations/i1'), {
        resource: {
          direction: 'Incoming',
          subject: 'Lunch',
          importance: 'Urgent',
          _links: { 'service:message': plain('hello'), conversation: { href: inConversation('', 'c9') } },
          _embedded: { 'service:from': { uri: 'sip:ann@contoso.example', name: 'Ann Example', sourceNetwork: 'Federated' } },
        },
      }),
    );

  it('that starts is a change of the conversation and the content of its message', () => {
    const [change, content, ...others] = eventsOf(normalize(rawOf(invitation('started'))));
    expect(others).toEqual([]);
    expect(change).toMatchObject({
      type: 'cqm.ExConversationChangeNotification',
      record: {
        change: 'invitation',
        rawChange: 'messagingInvitation:started',
        topic: 'Lunch',
        conversationId: 'c9',
        originatorId: 'sip:ann@contoso.example',
        participants: [{ id: 'sip:ann@contoso.example', name: 'Ann Example', role: null, state: null }],
      },
    });
    expect(content).toMatchObject({
      type: 'ms.MessagingEventNotification.ContentEvent',
      record: { message: 'hello', importance: 'Urgent', conversationId: 'c9', originatorId: 'sip:ann@contoso.example', messageId: 'i1' },
    });
  });

  it.each(['updated', 'completed'])('that is %s repeats its message without a second content event', (type) => {
    const event = eventOf(normalize(rawOf(invitation(type))));
    expect(event.type).toBe('cqm.ExConversationChangeNotification');
    expect(String(event.record.extensions)).toContain('data:text/plain;charset=utf-8,hello');
  });
});
