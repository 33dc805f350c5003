import { readFileSync } from 'node:fs';
import { readEntry } from '@switchboard/source-kit/testing';
import { describe, expect, it } from 'vitest';
import { entryContext, requestOf, routing } from '../testing/request.ts';
import { classify } from './classify.ts';
import { outgoingWebhook } from './index.ts';
import { findApp } from './lookup.ts';

const body = readFileSync(new URL('fixtures/message.json', import.meta.url));
const key = Buffer.alloc(32, 1);
const secrets = {
  HOOK_KEY: key.toString('base64'),
  ZERO_KEY: Buffer.alloc(32).toString('base64'),
  SHORT_KEY: Buffer.alloc(31).toString('base64'),
  URL_KEY: Buffer.alloc(32, 255).toString('base64url'),
};
const reply = { waitMs: 4500, default: { type: 'message', text: 'One moment.' } };
const entry = { ids: ['lunch', 'dinner'], keys: [key], team: undefined, tenant: undefined, name: undefined, reply };
const principal = { scheme: 'hmac', issuer: null, subject: 'lunch', tenantId: null, keyId: 'key-1' } as const;
const classifyBody = (bytes: Buffer, query = 'id=Lunch') =>
  classify(requestOf(bytes, { query }), { app: 'contoso', entry, principal, routing });

it('waits for a reply within the five seconds of the sender, then gives the default', () => {
  expect(classifyBody(body)).toEqual({
    kind: 'classified',
    disposition: 'accepted',
    routingKey: '19:room@thread.tacv2;messageid=1715675300000',
    dedupeKey: '["id","lunch","1715675400123"]',
    answer: { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(reply.default), reply },
  });
});

it('knows a message without an id again by its bytes', () => {
  const outcome = classifyBody(Buffer.from('{"type":"message","conversation":{"id":"c"}}'));
  expect(outcome.kind === 'classified' && outcome.dedupeKey).toMatch(/^\["body","[\w-]{43}"\]$/);
});

it.each([
  ['{', 'ERR_BODY_SYNTAX'],
  ['{"type":"message"}', 'ERR_CLASSIFY_ROUTING_KEY'],
])('%s is malformed: %s', (text, code) => {
  expect(classifyBody(Buffer.from(text))).toEqual({ kind: 'malformed', code });
});

describe('the app of a request', () => {
  const entries = new Map([
    ['other', { ...entry, ids: ['else'] }],
    ['contoso', entry],
  ]);

  it.each(['id=lunch', 'id=LUNCH', 'a=b&id=Dinner', 'id=%6Cunch', 'ID=lunch', 'Id=Lunch', '%49D=lunch', 'ids=x&iD=lunch'])(
    'is found by %s',
    (query) => {
      expect(findApp(requestOf(body, { query }), entries)).toBe('contoso');
    },
  );

  it.each([
    '',
    'id=',
    'ID=',
    'id=unknown',
    'ids=lunch',
    'id=lunch&id=lunch',
    'id=lunch&ID=dinner',
    'ID=unknown&id=lunch',
    'id=lunch&ID=lunch',
    'id=&ID=lunch',
    'id=lunch%20',
    'ıd=lunch',
  ])('is not found by %j', (query) => {
    expect(findApp(requestOf(body, { query }), entries)).toBeUndefined();
  });
});

describe('the entry', () => {
  const smallest = { ids: ['Lunch'], keys: [{ env: 'HOOK_KEY' }], reply: { default: reply.default } };

  it('holds its ids in lower case and its keys as bytes', () => {
    expect(readEntry(outgoingWebhook, smallest, entryContext(secrets))).toEqual({
      ok: true,
      entry: { ids: ['lunch'], keys: [key], team: undefined, tenant: undefined, name: undefined, reply },
    });
  });

  it.each([
    [{ ids: [] }, 'ids'],
    [{ keys: [] }, 'keys'],
    [{ keys: [{ env: 'SHORT_KEY' }] }, 'keys[0]'],
    [{ keys: [{ env: 'HOOK_KEY' }, { env: 'URL_KEY' }] }, 'keys[1]'],
    [{ keys: [{ env: 'ZERO_KEY' }] }, 'keys[0]'],
    [{ keys: [{ env: 'ABSENT' }] }, 'keys[0]'],
    [{ keys: [secrets.HOOK_KEY] }, 'keys[0]'],
    [{ team: '' }, 'team'],
    [{ reply: undefined }, 'reply'],
    [{ reply: { default: { type: 'message', attachments: [{ content: { buttons: [{ type: 'imBack' }] } }] } } }, 'reply.default'],
  ])('is refused with %j and the problem names %s', (changed, member) => {
    const outcome = readEntry(outgoingWebhook, { ...smallest, ...changed }, entryContext(secrets));
    const problems = outcome.ok ? [] : outcome.problems;
    expect(problems.map((problem) => problem.split(' ', 1)[0])).toEqual([member]);
  });

  it('never shows a key in a problem', () => {
    const outcome = readEntry(outgoingWebhook, { ...smallest, keys: [secrets.HOOK_KEY, { env: 'SHORT_KEY' }] }, entryContext(secrets));
    const text = outcome.ok ? '' : outcome.problems.join();
    expect(text).toContain('keys[1]');
    expect([secrets.HOOK_KEY, secrets.SHORT_KEY].filter((secret) => text.includes(secret))).toEqual([]);
  });
});
