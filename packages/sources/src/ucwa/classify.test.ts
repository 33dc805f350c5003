import type { InboundRequest, JsonObject } from '@switchboard/source-kit';
import { describe, expect, it } from 'vitest';
import { requestOf, routing } from '../testing/request.ts';
import { classify } from './classify.ts';
import { documentOf, eventOn, frame, inCommunication, inConversation } from './testing/document.ts';

const entry = { audience: 'https://litware.example', tenants: [], metadataUrl: 'https://issuer.example' };
const principal = { scheme: 'bearer', issuer: null, subject: null, tenantId: null, keyId: null } as const;
const about = (conversation: string) => eventOn('conversation', 'updated', inConversation('', conversation));
const one = documentOf(about('c1'));
const mixed = { ...frame(), sender: [{ rel: 'communication', href: inCommunication(''), events: [about('c1'), about('c2')] }] };

const classified = (body: JsonObject | Buffer, overrides: Partial<InboundRequest> = {}) => {
  const outcome = classify(requestOf(body, overrides), { app: 'contoso', entry, principal, routing });
  if (outcome.kind !== 'classified') throw new Error(`not classified: ${outcome.code}`);
  return outcome;
};

describe('the answer', () => {
  it('on the default URL holds a signed context for the one conversation', () => {
    const { answer, callbackContext, disposition } = classified(one);
    expect(disposition).toBe('accepted');
    expect(answer).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ CallbackContext: callbackContext }),
    });
    expect(routing.open(callbackContext ?? '')).toEqual({ conversation: 'c1' });
  });

  it('holds one for the conversation of an invitation, also where others are told of', () => {
    const invitation = eventOn('ms:rtc:saas:messagingInvitation', 'started', inCommunication('messagingInvitations/i1'), {
      resource: { _links: { 'ms:rtc:saas:conversation': { href: inConversation('', 'c9') } } },
    });
    const document = { ...frame(), sender: [{ rel: 'communication', href: inCommunication(''), events: [about('c1'), invitation] }] };
    expect(routing.open(classified(document).callbackContext ?? '')).toEqual({ conversation: 'c9' });
  });

  it('holds one for an invitation that names no conversation yet', () => {
    const document = {
      ...frame(''),
      sender: [
        {
          rel: 'communication',
          href: inCommunication(''),
          events: [eventOn('phoneAudioInvitation', 'started', inCommunication('invitations/146'))],
        },
      ],
    };
    const { callbackContext, routingKey } = classified(document);
    expect(routing.open(callbackContext ?? '')).toEqual({ invitation: '146' });
    expect(routingKey).toBe('146');
  });

  it.each([
    ['a context of ours', { query: `callbackContext=${routing.mint({ conversation: 'c1' })}` }],
    ['a context of somebody else', { query: 'callbackContext={"JobId":"j"%2c"InstanceId":"i"}' }],
    ['a context under another spelling', { query: 'CallbackContext=0' }],
    ['a context in the path', { pathParameters: { app: 'contoso', '*': 'customContext=xxx' } }],
  ])('is empty for %s', (_, overrides) => {
    const { answer, callbackContext } = classified(one, overrides);
    expect(answer).toEqual({ status: 200, headers: {}, body: '' });
    expect(callbackContext).toBeUndefined();
  });

  it.each([
    ['several conversations without an invitation', mixed],
    ['no conversation', { ...frame(''), sender: [{ rel: 'me', href: '/me', events: [eventOn('presence', 'added', '/me/presence')] }] }],
    ['no event', { _links: { self: { href: '/eventsservice' } }, sender: [] }],
  ])('is empty for %s', (_, document) => {
    expect(classified(document).answer.body).toBe('');
  });

  it('holds a context where the URL has an empty one', () => {
    expect(classified(one, { query: 'callbackContext=', pathParameters: { app: 'contoso', '*': '' } }).callbackContext).toBeDefined();
  });
});

describe('the routing key', () => {
  it('is the conversation of the event channel, else the first of the document', () => {
    expect(classified(mixed).routingKey).toBe('c1');
    expect(classified({ ...mixed, ...frame('77~sip:desk@contoso.example~c2') }).routingKey).toBe('c2');
    expect(classified({ ...mixed, ...frame('') }).routingKey).toBe('c1');
  });

  it('is the application where no conversation is named, and the notification where nothing is', () => {
    const document = { ...frame(''), sender: [{ rel: 'me', href: '/me', events: [] }] };
    expect(classified(document).routingKey).toBe('applications/77');
    expect(classified({ _links: { self: { href: '/eventsservice' } } }).routingKey).toBe('018f7652-3a40-7000-8000-000000000001');
  });
});

describe('the dedupe key', () => {
  const withId = { headers: { 'client-request-id': 'e9168689' } };

  it('is the number of the document in its event channel, however the link is escaped', () => {
    const raw = { ...one, _links: { self: { href: '/v1/applications/77/events?ack=3\\u0026key=77~sip:desk@contoso.example~c1' } } };
    expect(classified(one, withId).dedupeKey).toBe('["ack","77~sip:desk@contoso.example~c1",3]');
    expect(classified(raw).dedupeKey).toBe(classified(one).dedupeKey);
  });

  it.each(['/events?ack=3', '/events?key=a~b~c', '/events?ack=x&key=a~b~c', '/events'])('is the request id without both: %s', (href) => {
    const document = { ...one, _links: { self: { href } } };
    expect(classified(document, withId).dedupeKey).toBe('["request","e9168689"]');
    const [digest, same, other] = [classified(document), classified(document), classified({ ...document, more: 1 })].map(
      (each) => each.dedupeKey,
    );
    expect(digest).toMatch(/^\["body","[\w-]{43}"\]$/);
    expect(same).toBe(digest);
    expect(other).not.toBe(digest);
  });
});

it.each([
  ['{', 'ERR_BODY_SYNTAX'],
  ['', 'ERR_BODY_EMPTY'],
  ['[]', 'ERR_CLASSIFY_SHAPE'],
  ['{"sender":7}', 'ERR_CLASSIFY_SHAPE'],
])('a body %j is malformed: %s', (body, code) => {
  expect(classify(requestOf(Buffer.from(body)), { app: 'contoso', entry, principal, routing })).toEqual({ kind: 'malformed', code });
});
