import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestIngress, type TestIngress, until } from './testing/start-ingress.ts';

const authorized = { authorization: 'Bearer alpha-word' };
const message = { type: 'message', text: 'hello' };
let ingress: TestIngress;

function sourcesFile(waitMs: number): string {
  return `
routingTokenKeys: [{ env: ROUTING_KEY }]
apps: { alpha: { hook: { word: { env: ALPHA_WORD }, waitMs: ${waitMs} } } }
`;
}

async function storedId(): Promise<string> {
  await until(() => ingress.log.stored.length > 0);
  return ingress.raw().at(-1)?.notificationId ?? '';
}

describe('a sender that waits long enough', () => {
  beforeEach(async () => {
    ingress = await startTestIngress({ sourcesFile: sourcesFile(30_000) });
  });
  afterEach(() => ingress.stop());

  it('gets the first valid reply', async () => {
    const posting = ingress.post('/hook?id=alpha', 'hi', authorized);
    await ingress.reply(await storedId(), message);
    await ingress.reply(await storedId(), { type: 'message', text: 'too late' });
    const response = await posting;
    expect([response.status, response.headers.get('content-type'), await response.json()]).toEqual([200, 'application/json', message]);
    expect(await ingress.metric(/replies_total\{outcome="sent"/)).toMatch(/ 1$/);
    expect(await ingress.metric(/replies_total\{outcome="late"/)).toMatch(/ 1$/);
  });

  it('gets no reply that breaks the rules, and the next valid one', async () => {
    const posting = ingress.post('/hook?id=alpha', 'hi', authorized);
    const id = await storedId();
    await ingress.reply(id, 'no json');
    await ingress.reply(id, { type: 'typing' });
    await ingress.reply(id, { ...message, attachments: [{ content: { buttons: [{ type: 'imBack', value: 'x' }] } }] });
    await ingress.reply(id, { type: 'message', text: 'x'.repeat(40_000) });
    await ingress.reply('00000000-0000-7000-8000-000000000000', { type: 'message', text: 'for another' });
    await ingress.reply(id, message);
    expect(await (await posting).json()).toEqual(message);
    for (const code of ['NOT_OBJECT', 'TYPE', 'ACTION', 'SIZE']) {
      expect(await ingress.metric(new RegExp(`replies_total\\{outcome="ERR_REPLY_${code}"`))).toMatch(/ 1$/);
    }
    expect(await ingress.metric(/replies_total\{outcome="elsewhere"/)).toMatch(/ 1$/);
  });

  it('gets no reply before its notification is stored, and 503 when it is not', async () => {
    ingress.log.script([], 'ERR_LOG_UNAVAILABLE');
    expect((await ingress.post('/hook?id=alpha', 'hi', authorized)).status).toBe(503);
    expect(await ingress.metric(/^ingress_replies_waiting\{/)).toMatch(/ 0$/);
  });

  it('releases its waiter and its place when it disconnects', async () => {
    const { port } = new URL(ingress.url);
    const going = httpRequest({ host: '127.0.0.1', port, path: '/hook?id=alpha', method: 'POST', headers: authorized });
    going.on('error', () => {});
    going.end('hi');
    const id = await storedId();
    going.destroy();
    await until(async () => (await ingress.metric(/^ingress_replies_waiting\{/))?.endsWith(' 0') ?? false);
    await until(async () => (await ingress.metric(/^ingress_requests_in_flight\{/))?.endsWith(' 0') ?? false);
    await ingress.reply(id, message);
    expect(await ingress.metric(/replies_total\{outcome="late"/)).toMatch(/ 1$/);
  });

  it('survives a reply that cannot be decoded', async () => {
    await ingress.log.deliver({ topic: 'replies.v1', key: null, value: Buffer.from('garbage') });
    const posting = ingress.post('/hook?id=alpha', 'hi', authorized);
    await ingress.reply(await storedId(), message);
    expect(await (await posting).json()).toEqual(message);
    expect(await ingress.metric(/replies_total\{outcome="undecodable"/)).toMatch(/ 1$/);
  });
});

describe('a sender without a reply in time', () => {
  it('gets the default, counted from its reception, and the stored record says until when it waited', async () => {
    ingress = await startTestIngress({ sourcesFile: sourcesFile(120) });
    const postedAt = performance.now();
    const response = await ingress.post('/hook?id=alpha', 'hi', authorized);
    expect([response.status, await response.json()]).toEqual([200, { type: 'message', text: 'default' }]);
    const waitedMs = performance.now() - postedAt;
    expect(waitedMs).toBeGreaterThanOrEqual(115);
    // Far more than it is set to, for the machine may be busy; far less than what no limit would be.
    expect(waitedMs).toBeLessThan(5_000);
    const [record] = ingress.raw();
    expect(record?.replyBy).toBe((record?.receivedAt ?? 0) + 120);
    await ingress.reply(record?.notificationId ?? '', message);
    expect(await ingress.metric(/replies_total\{outcome="late"/)).toMatch(/ 1$/);
    await ingress.stop();
  });
});
