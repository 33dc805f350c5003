import { readFileSync } from 'node:fs';
import type { JsonObject } from '@switchboard/source-kit';
import { describe, expect, it } from 'vitest';
import { eventOf, extensionsOf, rawOf } from '../testing/raw-notification.ts';
import { normalizeActivity } from './normalize.ts';

const fixture = (name: string): JsonObject =>
  JSON.parse(readFileSync(new URL(`../bot-framework/fixtures/${name}.json`, import.meta.url), 'utf8')) as JsonObject;
const eventFor = (activity: JsonObject) =>
  eventOf(normalizeActivity(rawOf({ conversation: { id: 'c' }, channelId: 'msteams', ...activity })));

describe('an invoke that carries a card action', () => {
  it('is rich content with the action and what the card submits, without the secrets of signing in', () => {
    const event = eventFor(fixture('card-action-invoke'));
    expect(event.type).toBe('ms.MessagingEventNotification.RichContentEvent');
    expect(event.record).toMatchObject({ action: 'adaptiveCard/action', replyToId: '1715675000000', contentTypes: [], text: null });
    expect(JSON.parse(String(event.record.content))).toEqual({
      value: {
        action: { type: 'Action.Execute', verb: 'approve', data: { state: 'Bavaria', token: 'turn 7' } },
        trigger: 'manual',
        state: '[redacted]',
        authentication: { id: 'exchange-2', connectionName: 'graph', token: '[redacted]' },
      },
    });
  });

  it('may come without a name from Teams, and from Teams alone', () => {
    expect(eventFor({ type: 'invoke', value: { a: 1 } }).record).toMatchObject({ action: 'invoke', content: '{"value":{"a":1}}' });
    expect(eventFor({ type: 'invoke', value: { a: 1 }, channelId: 'webchat' }).type).toBe('switchboard.UnmappedNotification');
  });

  it('keeps a state that the person submits', () => {
    expect(eventFor({ type: 'invoke', name: 'suggestedActions/submit', value: { state: 'Bavaria' } }).record.content).toContain('Bavaria');
  });
});

describe('any other activity', () => {
  it('of signing in is kept unmapped without token and caller', () => {
    const event = eventFor(fixture('sign-in-invoke'));
    expect(event).toMatchObject({
      type: 'switchboard.UnmappedNotification',
      topic: 'events.messaging.v1',
      record: { kind: 'invoke:signin/tokenExchange', conversationId: 'a:one', extensions: '{}' },
    });
    expect(JSON.parse(String(event.record.body))).toEqual({
      ...withoutMember(fixture('sign-in-invoke'), 'callerId'),
      value: { id: 'exchange-1', connectionName: 'graph', token: '[redacted]' },
    });
  });

  it('hides the code that completes a sign-in', () => {
    const event = eventFor({ type: 'invoke', name: 'signin/verifyState', value: { state: '987654' } });
    expect(JSON.stringify(event)).not.toContain('987654');
  });

  it('hides the token of a token response event', () => {
    const event = eventFor({ type: 'event', name: 'tokens/response', value: { connectionName: 'graph', token: 'eyJ-not-to-be-seen' } });
    expect(JSON.stringify(event)).not.toContain('eyJ-not');
  });

  it.each([
    ['invoke', 'composeExtension/query'],
    ['event', 'application/vnd.microsoft.somethingNewer'],
    ['command', 'session.init'],
    ['commandResult', 'session.init'],
    ['trace', 'label'],
  ])('%s named %s is kept unmapped under both names', (type, name) => {
    expect(eventFor({ type, name, value: 1 }).record.kind).toBe(`${type}:${name}`);
  });

  it.each(['suggestion', 'handoff', 'deleteUserData', 'invokeResponse', 'Message', 'INVOKE', 'brandNew'])(
    'of the type %s is kept unmapped, for types compare letter by letter',
    (type) => {
      const event = eventFor({ type, more: { deep: [1] } });
      expect(event.type).toBe('switchboard.UnmappedNotification');
      expect(event.record.kind).toBe(type);
      expect(JSON.parse(String(event.record.body))).toMatchObject({ more: { deep: [1] } });
    },
  );
});

it('a file consent is a card action whose extensions hold the rest', () => {
  const event = eventFor({
    type: 'invoke',
    name: 'fileConsent/invoke',
    value: { action: 'decline' },
    locale: 'de-DE',
    relatesTo: { a: 1 },
  });
  expect(event.record).toMatchObject({ action: 'fileConsent/invoke', locale: 'de-DE' });
  expect(extensionsOf(event)).toEqual({ type: 'invoke', relatesTo: { a: 1 } });
});

function withoutMember(object: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}
