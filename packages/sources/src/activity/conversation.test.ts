import { readFileSync } from 'node:fs';
import type { JsonObject } from '@switchboard/source-kit';
import { describe, expect, it } from 'vitest';
import { eventOf, extensionsOf, rawOf } from '../testing/raw-notification.ts';
import { normalizeActivity } from './normalize.ts';

const fixture = (name: string): JsonObject =>
  JSON.parse(readFileSync(new URL(`../bot-framework/fixtures/${name}.json`, import.meta.url), 'utf8')) as JsonObject;
const eventFor = (activity: JsonObject) => eventOf(normalizeActivity(rawOf({ conversation: { id: 'c' }, ...activity })));

describe('conversationUpdate', () => {
  it('with members is a change of members that lists them', () => {
    const event = eventFor(fixture('members-added'));
    expect(event.type).toBe('cqm.ExConversationChangeNotification');
    expect(event.record).toMatchObject({
      changeType: 'UPSERT',
      change: 'members',
      rawChange: 'teamMemberAdded',
      originatorId: '29:ann',
      membersAdded: ['28:bot', '29:bo'],
      membersRemoved: [],
      participants: [
        { id: '28:bot', name: 'Bot', role: null, state: null },
        { id: '29:bo', name: null, role: null, state: null },
      ],
    });
    expect(extensionsOf(event).membersAdded).toEqual([{ aadObjectId: '7f0f2d2e-5f52-4c9e-9a3f-1d5a44c4f002' }]);
  });

  it('lists members that left and keeps one without an id as it came', () => {
    const event = eventFor({ type: 'conversationUpdate', membersRemoved: [{ id: 'a' }, { name: 'nobody' }] });
    expect(event.record).toMatchObject({ change: 'members', rawChange: 'conversationUpdate', membersRemoved: ['a'] });
    expect(extensionsOf(event).membersRemoved).toEqual([{ name: 'nobody' }]);
  });

  it('with a topic name is a change of topic', () => {
    expect(eventFor({ type: 'conversationUpdate', topicName: 'Lunch' }).record).toMatchObject({ change: 'topic', topic: 'Lunch' });
  });

  it.each([
    ['channelCreated', 'UPSERT', 'updated', null, null],
    ['channelDeleted', 'UPSERT', 'updated', null, null],
    ['channelRestored', 'UPSERT', 'updated', null, null],
    ['channelRenamed', 'UPSERT', 'topic', null, 'Channel'],
    ['teamRenamed', 'UPSERT', 'topic', null, 'Team'],
    ['teamArchived', 'UPSERT', 'closed', 'CLOSE', null],
    ['teamUnarchived', 'UPSERT', 'updated', 'OPEN', null],
    ['teamrestored', 'UPSERT', 'updated', 'OPEN', null],
    ['teamDeleted', 'DELETE', 'closed', 'CLOSE', null],
    ['teamHardDeleted', 'DELETE', 'closed', 'CLOSE', null],
    ['somethingNewer', 'UPSERT', 'updated', null, null],
  ])('with the Teams event %s is %s %s', (eventType, changeType, change, state, topic) => {
    const channelData = { eventType, team: { name: 'Team' }, channel: { name: 'Channel' } };
    expect(eventFor({ type: 'conversationUpdate', channelData }).record).toMatchObject({
      changeType,
      change,
      rawChange: eventType,
      state,
      topic,
    });
  });
});

it.each([
  ['add', 'UPSERT'],
  ['add-upgrade', 'UPSERT'],
  ['remove', 'DELETE'],
  ['remove-upgrade', 'DELETE'],
])('installationUpdate %s is an installation change %s', (action, changeType) => {
  expect(eventFor({ type: 'installationUpdate', action }).record).toMatchObject({ change: 'installation', rawChange: action, changeType });
});

it('contactRelationUpdate is a change of contacts', () => {
  expect(eventFor({ type: 'contactRelationUpdate', action: 'remove' }).record).toMatchObject({
    change: 'contact',
    changeType: 'DELETE',
    rawChange: 'remove',
  });
});

it('endOfConversation closes the conversation and says why', () => {
  const event = eventFor({ type: 'endOfConversation', code: 'userCancelled', text: 'bye' });
  expect(event.record).toMatchObject({ change: 'closed', state: 'CLOSE', rawChange: 'userCancelled' });
  expect(extensionsOf(event).text).toBe('bye');
});

it.each(['meetingStart', 'meetingEnd'])('%s is a change of the meeting with its title', (name) => {
  const value = { Id: 'm', Title: 'Review', JoinUrl: 'https://example.com/join' };
  const event = eventFor({ type: 'event', name: `application/vnd.microsoft.${name}`, value });
  expect(event.record).toMatchObject({ change: 'meeting', rawChange: `application/vnd.microsoft.${name}`, topic: 'Review' });
  expect(extensionsOf(event).value).toEqual({ Id: 'm', JoinUrl: 'https://example.com/join' });
});

it('a participant who leaves a meeting is a change of its roster', () => {
  const event = eventFor(fixture('participant-left'));
  expect(event.record).toMatchObject({
    change: 'roster',
    membersAdded: [],
    membersRemoved: ['29:bo'],
    participants: [{ id: '29:bo', name: 'Bo Example', role: 'Attendee', state: null }],
  });
  expect(extensionsOf(event).value).toEqual({ members: [{ user: { tenantId: 't' }, meeting: { inMeeting: false } }] });
});
