import type { InboundRequest, Json, JsonObject } from '@switchboard/source-kit';
import { readEntry } from '@switchboard/source-kit/testing';
import { describe, expect, it } from 'vitest';
import { entryContext, requestOf, routing } from '../testing/request.ts';
import { classify } from './classify.ts';
import { botFramework } from './index.ts';

const reply = { waitMs: 4500, default: { type: 'message', text: 'Working on it.' } };
const entry = { audience: 'bot-1', issuers: ['i'], metadataUrl: 'https://issuer.example', reply };
const principal = { scheme: 'bearer', issuer: null, subject: null, tenantId: null, keyId: null } as const;
const activity = { type: 'message', id: '1', channelId: 'msteams', conversation: { id: 'c' }, timestamp: '2024-05-14T08:30:00Z' };

const classifyRequest = (request: InboundRequest) => classify(request, { app: 'contoso', entry, principal, routing });
const classified = (body: JsonObject) => {
  const outcome = classifyRequest(requestOf(body));
  if (outcome.kind !== 'classified') throw new Error(`not classified: ${outcome.code}`);
  return outcome;
};

it('a message is answered at once and routed by its conversation', () => {
  expect(classified(activity)).toEqual({
    kind: 'classified',
    disposition: 'accepted',
    routingKey: 'c',
    dedupeKey: '["id","msteams","c","1","message"]',
    answer: { status: 200, headers: {}, body: '' },
  });
});

it('an invoke waits for a reply, and gets the default without one', () => {
  expect(classified({ ...activity, type: 'invoke', name: 'task/fetch' }).answer).toEqual({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '{"type":"message","text":"Working on it."}',
    reply,
  });
});

describe('the dedupe key', () => {
  it.each(['messageUpdate', 'messageDelete', 'messageReaction'])('of %s tells changes of one message apart by their time', (type) => {
    const first = classified({ ...activity, type }).dedupeKey;
    expect(first).toBe(`["id","msteams","c","1","${type}","2024-05-14T08:30:00Z"]`);
    expect(classified({ ...activity, type, text: 'more' }).dedupeKey).toBe(first);
    expect(classified({ ...activity, type, timestamp: '2024-05-14T08:30:01Z' }).dedupeKey).not.toBe(first);
  });

  it('of a change without a time falls back to the bytes of the body', () => {
    const { timestamp: _, ...untimed } = { ...activity, type: 'messageReaction' };
    expect(classified(untimed).dedupeKey).not.toBe(classified({ ...untimed, reactionsAdded: [{ type: 'like' }] }).dedupeKey);
  });

  it.each([undefined, '', 7])('of an activity whose id is %j is a digest of its bytes', (id) => {
    const body = { type: 'typing', channelId: 'msteams', conversation: { id: 'c' }, ...(id === undefined ? {} : { id }) };
    expect(classified(body).dedupeKey).toMatch(/^\["body","[\w-]{43}"\]$/);
  });

  it('cannot be made alike by moving text between its parts', () => {
    const moved = { ...activity, channelId: 'msteams","c', conversation: { id: '1' } };
    expect(classified(moved).dedupeKey).not.toBe(classified(activity).dedupeKey);
  });
});

it.each<[string, Json | Buffer, string]>([
  ['not JSON', Buffer.from('{'), 'ERR_BODY_SYNTAX'],
  ['a list', [], 'ERR_BODY_NOT_OBJECT'],
  ['without a conversation', { type: 'message' }, 'ERR_CLASSIFY_ROUTING_KEY'],
  ['of a conversation that is no text', { type: 'message', conversation: { id: 5 } }, 'ERR_CLASSIFY_ROUTING_KEY'],
  ['of an empty conversation', { type: 'message', conversation: { id: '' } }, 'ERR_CLASSIFY_ROUTING_KEY'],
])('a body that is %s is malformed', (_, body, code) => {
  expect(classifyRequest(requestOf(body))).toEqual({ kind: 'malformed', code });
});

describe('the entry', () => {
  it('needs an audience alone', () => {
    expect(readEntry(botFramework, { audience: 'bot-1' }, entryContext())).toEqual({
      ok: true,
      entry: {
        audience: 'bot-1',
        issuers: ['https://api.botframework.com'],
        metadataUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
        reply: { waitMs: 4500, default: {} },
      },
    });
  });

  it('takes a reply of its own, with the full wait unless it says less', () => {
    const outcome = readEntry(botFramework, { audience: 'bot-1', reply: { default: reply.default } }, entryContext());
    expect(outcome.ok && outcome.entry.reply).toEqual(reply);
  });

  it.each([
    [{ default: { type: 'typing' } }, 'reply.default'],
    [{ waitMs: 4501, default: reply.default }, 'reply.waitMs'],
    [{}, 'reply.default'],
  ])('refuses the reply %j and names %s', (refused, member) => {
    const outcome = readEntry(botFramework, { audience: 'bot-1', reply: refused }, entryContext());
    expect(outcome.ok ? [] : outcome.problems).toEqual([expect.stringContaining(member)]);
  });
});
