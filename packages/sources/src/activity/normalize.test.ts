import { readFileSync } from 'node:fs';
import type { JsonObject } from '@switchboard/source-kit';
import { describe, expect, it } from 'vitest';
import { eventOf, extensionsOf, rawOf, receivedAt } from '../testing/raw-notification.ts';
import { normalizeActivity } from './normalize.ts';

const fixture = (name: string): JsonObject => JSON.parse(readFileSync(new URL(`../${name}.json`, import.meta.url), 'utf8')) as JsonObject;
const eventFor = (activity: JsonObject) => eventOf(normalizeActivity(rawOf(activity)));
const tenant = '0d4f6c1e-0000-4000-8000-00000000000a';
const minimal = { type: 'message', conversation: { id: 'c' }, text: 'hello' };

describe('a message', () => {
  const message = fixture('outgoing-webhook/fixtures/message');

  it('with text and only the HTML rendering of it becomes content, its mentions in order', () => {
    const event = eventFor(message);
    expect(event.type).toBe('ms.MessagingEventNotification.ContentEvent');
    expect(event.record).toMatchObject({
      occurredAt: Date.parse('2024-05-14T08:30:00.123Z'),
      tenantId: tenant,
      conversationId: '19:room@thread.tacv2;messageid=1715675300000',
      messageId: '1715675400123',
      replyToId: '1715675300000',
      originatorId: '29:ann',
      originatorName: 'Ann Example',
      channelId: 'msteams',
      serviceUrl: 'https://smba.example.com/emea/',
      message: '<at>Lunchbot</at> ask <at>Bo Example</at> ☂',
      contentType: 'text/plain',
      mentions: [
        { id: '28:hook', name: 'Lunchbot', text: '<at>Lunchbot</at>' },
        { id: '29:bo', name: 'Bo Example', text: '<at>Bo Example</at>' },
      ],
    });
  });

  it('keeps in the extensions exactly what no field holds', () => {
    expect(extensionsOf(eventFor(message))).toEqual({
      type: 'message',
      localTimestamp: '2024-05-14T10:30:00.123+02:00',
      from: { aadObjectId: '7f0f2d2e-5f52-4c9e-9a3f-1d5a44c4f001' },
      conversation: { isGroup: true },
      recipient: { id: 'null', name: 'null' },
      attachments: message.attachments,
      entities: [{ type: 'clientInfo', locale: 'en-GB', country: 'GB', platform: 'Web', timezone: 'Europe/London' }],
      channelData: {
        teamsChannelId: '19:room@thread.tacv2',
        teamsTeamId: '19:team@thread.tacv2',
        channel: { id: '19:room@thread.tacv2' },
        team: { id: '19:team@thread.tacv2' },
      },
    });
  });

  it('with a card becomes rich content that carries its text too', () => {
    const card = fixture('bot-framework/fixtures/card-message');
    const event = eventFor(card);
    expect(event.type).toBe('ms.MessagingEventNotification.RichContentEvent');
    expect(event.record).toMatchObject({
      text: 'The report',
      contentTypes: ['application/vnd.microsoft.card.hero', 'image/png'],
      action: null,
      locale: 'en-GB',
      originatorRole: 'user',
      tenantId: tenant,
      replyToId: null,
    });
    expect(JSON.parse(String(event.record.content))).toEqual({
      attachments: card.attachments,
      attachmentLayout: 'list',
      suggestedActions: card.suggestedActions,
    });
  });

  it('keeps a time finer than milliseconds in the extensions beside its milliseconds', () => {
    const event = eventFor(fixture('bot-framework/fixtures/card-message'));
    expect(event.record.occurredAt).toBe(Date.parse('2024-05-14T08:30:00.200Z'));
    expect(extensionsOf(event).timestamp).toBe('2024-05-14T08:30:00.2001234Z');
  });

  it.each([
    ['an image', { attachments: [{ contentType: 'image/png', contentUrl: 'https://example.com/a.png' }] }],
    [
      'two HTML attachments',
      {
        attachments: [
          { contentType: 'text/html', content: 'a' },
          { contentType: 'text/html', content: 'b' },
        ],
      },
    ],
    ['an HTML file', { attachments: [{ contentType: 'text/html', contentUrl: 'https://example.com/a.html' }] }],
    ['no text but a value', { text: '', value: { answer: 42 } }],
  ])('with %s is rich content', (_, members) => {
    expect(eventFor({ ...minimal, ...members }).type).toBe('ms.MessagingEventNotification.RichContentEvent');
  });

  it.each([
    ['an empty list of attachments', { attachments: [] }],
    ['suggested actions', { suggestedActions: { actions: [] } }],
    ['an HTML rendering without address', { attachments: [{ contentType: 'text/html', content: '<p>hello</p>', contentUrl: null }] }],
  ])('with text and %s is plain content', (_, members) => {
    expect(eventFor({ ...minimal, ...members }).type).toBe('ms.MessagingEventNotification.ContentEvent');
  });

  it.each([
    ['markdown', 'text/markdown', undefined],
    ['xml', 'text/xml', undefined],
    ['plain', 'text/plain', undefined],
    ['toString', 'text/plain', 'toString'],
    [undefined, 'text/plain', undefined],
  ])('of format %s has the media type %s', (textFormat, contentType, kept) => {
    const event = eventFor({ ...minimal, ...(textFormat === undefined ? {} : { textFormat }) });
    expect(event.record.contentType).toBe(contentType);
    expect(extensionsOf(event).textFormat).toBe(kept);
  });

  it('happened when it was received where its time is missing or is none', () => {
    for (const timestamp of [undefined, 'yesterday', '2024-05-14']) {
      expect(eventFor({ ...minimal, ...(timestamp === undefined ? {} : { timestamp }) }).record.occurredAt).toBe(receivedAt);
    }
  });

  it('takes the tenant of the token where the activity names none', () => {
    const principal = { scheme: 'bearer', issuer: null, subject: null, tenantId: 'token-tenant', keyId: null };
    expect(eventOf(normalizeActivity(rawOf(minimal, { principal }))).record.tenantId).toBe('token-tenant');
    expect(eventOf(normalizeActivity(rawOf({ ...minimal, from: { id: 'a', tenantId: 'own' } }, { principal }))).record.tenantId).toBe(
      'own',
    );
  });

  it('that begins its thread answers nothing', () => {
    expect(eventFor({ ...minimal, id: '17', conversation: { id: '19:r@thread.tacv2;messageid=17' } }).record.replyToId).toBeNull();
  });
});

describe('a change of a message', () => {
  it('messageUpdate is an update with the new text', () => {
    const event = eventFor(fixture('bot-framework/fixtures/edit'));
    expect(event.type).toBe('ms.MessagingEventNotification.UpdateEvent');
    expect(event.record).toMatchObject({
      updateKind: 'edit',
      message: '**new** text',
      contentType: 'text/markdown',
      content: null,
      messageId: '1715675000000',
    });
  });

  it.each([
    ['undeleteMessage', 'undelete'],
    ['somethingNewer', 'somethingNewer'],
  ])('messageUpdate with the event type %s is of kind %s', (eventType, kind) => {
    expect(eventFor({ ...minimal, type: 'messageUpdate', channelData: { eventType } }).record.updateKind).toBe(kind);
  });

  it('messageUpdate carries new attachments as JSON text', () => {
    const attachments = [{ contentType: 'image/png', contentUrl: 'https://example.com/a.png' }];
    const { record } = eventFor({ type: 'messageUpdate', conversation: { id: 'c' }, attachments });
    expect(record).toMatchObject({ message: null, contentType: null, content: JSON.stringify({ attachments }) });
  });

  it.each([
    [undefined, 'soft'],
    ['softDeleteMessage', 'soft'],
    ['hardDeleteMessage', 'hardDeleteMessage'],
  ])('messageDelete with the event type %s is a deletion of kind %s', (eventType, kind) => {
    const event = eventFor({
      type: 'messageDelete',
      id: '9',
      conversation: { id: 'c' },
      ...(eventType === undefined ? {} : { channelData: { eventType } }),
    });
    expect(event.type).toBe('ms.MessagingEventNotification.DeleteEvent');
    expect(event.record).toMatchObject({ messageId: '9', deleteKind: kind });
  });

  it('messageReaction lists what was added and removed, of an open set', () => {
    const event = eventFor(fixture('bot-framework/fixtures/reaction'));
    expect(event.type).toBe('ms.MessagingEventNotification.ReactionEvent');
    expect(event.record).toMatchObject({
      reactionsAdded: ['like', '1f44b_wavinghand'],
      reactionsRemoved: ['heart'],
      replyToId: '1715674000001',
    });
    expect(extensionsOf(event).reactionsRemoved).toEqual([{ by: '29:ann' }]);
  });
});

describe('presence in a conversation', () => {
  it('typing is composing, with what is streamed kept', () => {
    const event = eventFor({ type: 'typing', conversation: { id: 'c' }, from: { id: 'a' }, text: 'so far' });
    expect(event.type).toBe('ms.MessagingEventNotification.ChatStateEvent');
    expect(event.record).toMatchObject({ chatState: 'COMPOSING', rawState: 'typing', originatorId: 'a' });
    expect(extensionsOf(event).text).toBe('so far');
  });

  it('a read receipt names the last message read', () => {
    const event = eventFor(fixture('bot-framework/fixtures/read-receipt'));
    expect(event.type).toBe('ms.MessagingEventNotification.AcceptStatusEvent');
    expect(event.record).toMatchObject({
      status: 'READ',
      rawStatus: 'application/vnd.microsoft.readReceipt',
      messageIds: ['1715675400200'],
    });
  });
});

it.each([
  ['what is not JSON', Buffer.from('{"type":'), 'ERR_BODY_SYNTAX'],
  ['what is not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'ERR_BODY_ENCODING'],
  ['a list', [minimal], 'ERR_BODY_NOT_OBJECT'],
  ['an activity without type', { conversation: { id: 'c' } }, 'ERR_NORMALIZE_SHAPE'],
  ['a type that is no text', { ...minimal, type: 7 }, 'ERR_NORMALIZE_SHAPE'],
  ['an activity without conversation', { type: 'message', text: 'a' }, 'ERR_NORMALIZE_SHAPE'],
  ['a conversation that is no object', { ...minimal, conversation: 'c' }, 'ERR_NORMALIZE_SHAPE'],
  ['a conversation id that is no text', { ...minimal, conversation: { id: 7 } }, 'ERR_NORMALIZE_SHAPE'],
  ['a channel that is no text', { ...minimal, channelId: {} }, 'ERR_NORMALIZE_SHAPE'],
  ['a service URL that is no text', { ...minimal, serviceUrl: 1 }, 'ERR_NORMALIZE_SHAPE'],
  ['a sender that is no object', { ...minimal, from: ['a'] }, 'ERR_NORMALIZE_SHAPE'],
  ['a sender id that is no text', { ...minimal, from: { id: false } }, 'ERR_NORMALIZE_SHAPE'],
  ['a recipient id that is no text', { ...minimal, recipient: { id: 0 } }, 'ERR_NORMALIZE_SHAPE'],
])('rejects %s', (_, body, code) => {
  expect(normalizeActivity(rawOf(body as never))).toMatchObject({ kind: 'rejected', code });
});

it('names member and rule of what it rejects, never the value', () => {
  expect(normalizeActivity(rawOf({ ...minimal, from: { id: 12345 } }))).toEqual({
    kind: 'rejected',
    code: 'ERR_NORMALIZE_SHAPE',
    detail: 'from.id must be of type string',
  });
});

it('discards the caller id, which cannot be trusted', () => {
  expect(JSON.stringify(normalizeActivity(rawOf({ ...minimal, callerId: 'urn:botframework:azure' })))).not.toContain('urn:botframework');
});
