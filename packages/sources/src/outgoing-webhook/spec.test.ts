import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkReply } from '@switchboard/source-kit';
import { authenticateAndVerify, readEntry } from '@switchboard/source-kit/testing';
import { describe, expect, it } from 'vitest';
import { eventOf, extensionsOf, rawOf } from '../testing/raw-notification.ts';
import { entryContext, requestOf, routing } from '../testing/request.ts';
import { outgoingWebhook } from './index.ts';

// The key and the MAC that Microsoft publishes for the example message of its page on outgoing webhooks.
const key = 'vqF0En+Z0ucuRTM/01o2GuhMH3hKKk/N2bOmlM31zaA=';
const published = 'HMAC 03TCao0i55H1eVKUusZOTZRjtvYTs+mO41mPL+R1e1U=';
const minified = 'HMAC u3s+lMiK8+0s7dcU/VjoacjNPWAw1D5w2FR98WSI32Q=';

const repository = new URL('../../../../', import.meta.url).pathname;
const directory = join(process.env.SHARED_PAYLOADS ?? join(repository, '..', 'shared', 'payloads'), 'outgoing-webhook');
const present = existsSync(directory);
const sample = (name: string) => readFileSync(join(directory, `inbound-message-${name}.json`));

const read = readEntry(
  outgoingWebhook,
  { ids: ['contoso'], keys: [{ env: 'CONTOSO' }], reply: { default: { type: 'message', text: 'This is a reply!' } } },
  entryContext({ CONTOSO: key }),
);
if (!read.ok) throw new Error(read.problems.join('; '));
const { entry } = read;
const keySets = { find: () => Promise.reject(new Error('asked')), has: () => false, watch: () => {}, stop: () => Promise.resolve() };
const verify = (body: Buffer, authorization: string) =>
  authenticateAndVerify(outgoingWebhook, requestOf(body, { query: 'id=Contoso', headers: { authorization } }), {
    app: 'contoso',
    entry,
    keySets,
    now: 0,
  });

describe('the published outgoing webhook of the shared payloads', () => {
  it.skipIf(!present)('carries the published MAC over its very bytes, and no other serialization of it does', async () => {
    expect((await verify(sample('hmac-vector'), published)).kind).toBe('verified');
    expect((await verify(sample('minified'), minified)).kind).toBe('verified');
    expect(await verify(sample('minified'), published)).toEqual({ kind: 'refused', code: 'ERR_VERIFY_HMAC_MISMATCH' });
    expect(await verify(sample('hmac-vector'), minified)).toEqual({ kind: 'refused', code: 'ERR_VERIFY_HMAC_MISMATCH' });
  });

  it.skipIf(!present)('is a message with text and its rendering: one content event with both mentions', () => {
    const event = eventOf(outgoingWebhook.normalize(rawOf(sample('hmac-vector'))));
    expect(event.type).toBe('ms.MessagingEventNotification.ContentEvent');
    expect(event.record).toMatchObject({
      message: '<at>MyCustomBot</at> Hello <at>Larry Brown</at>',
      contentType: 'text/plain',
      messageId: '1485983408511',
      originatorName: 'Tim Jones',
      conversationId: '19:253b1f341670408fb6fe51050b6e5ceb@thread.skype;messageid=1485983194839',
      replyToId: '1485983194839',
      occurredAt: Date.parse('2017-02-01T21:10:07.437Z'),
      mentions: [
        // The webhook was renamed: its entity says MyWebHook, the text MyCustomBot.
        { id: '28:c9e8c047-2a74-40a2-b28a-b162d5f5327c', name: 'MyWebHook', text: '<at>MyCustomBot</at>' },
        { name: 'Larry Brown', text: '<at>Larry Brown</at>' },
      ],
    });
    expect(extensionsOf(event)).toMatchObject({
      recipient: { id: 'null', name: 'null' },
      entities: [{ text: '<at>MyWebHook</at>' }, { type: 'clientInfo', timezone: 'America/Los_Angeles' }],
      attachments: [{ contentType: 'text/html' }],
    });
  });

  it.skipIf(!present)('is answered with a message within five seconds', () => {
    const request = requestOf(sample('hmac-vector'), { query: 'id=contoso' });
    const principal = { scheme: 'hmac', issuer: null, subject: 'contoso', tenantId: null, keyId: 'key-1' } as const;
    const outcome = outgoingWebhook.classify(request, { app: 'contoso', entry, principal, routing });
    expect(outcome).toMatchObject({
      kind: 'classified',
      answer: { status: 200, reply: { waitMs: 4500, default: { type: 'message', text: 'This is a reply!' } } },
    });
    expect(outcome.kind === 'classified' && checkReply(outcome.answer.reply?.default).ok).toBe(true);
  });
});
