import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { createRoutingTokens } from '@switchboard/source-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourcesConfig } from '../sources-file/sources-config.ts';
import { startTestIngress, type TestIngress } from '../testing/start-ingress.ts';
import { mintCallbackUri } from './callback-uri.ts';

const tokens = createRoutingTokens(['key-'.repeat(8)]);
const config: SourcesConfig = {
  routingTokens: tokens,
  regions: { self: 'emea', table: { emea: 'https://emea.example/base' } },
  entries: new Map([['graph-calling', new Map([['bot', {}]])]]),
  limits: new Map(),
  keySetUrls: [],
};

describe('mintCallbackUri', () => {
  it('makes an address of this region whose context is signed for the app', () => {
    const outcome = mintCallbackUri('{"app":"bot","data":{"job":"7"}}', config);
    if (outcome.status !== 200) throw new Error('refused');
    const { callbackUri, context } = outcome.body;
    expect(callbackUri).toBe(`https://emea.example/base/calling/bot/${context}`);
    expect(tokens.open('bot', context)).toEqual({ job: '7', region: 'emea' });
    expect(tokens.open('other', context)).toBeUndefined();
  });

  it.each([
    ['no', 'body'],
    ['[]', 'app'],
    ['null', 'body'],
    ['{"app":"nobody"}', 'app'],
    ['{"app":7}', 'app'],
    ['{"app":"bot","data":{"a":1}}', 'data'],
    [`{"app":"bot","data":{"a":"${'x'.repeat(300)}"}}`, 'data'],
  ])('refuses %s, naming the member', (text, member) => {
    expect(mintCallbackUri(text, config)).toMatchObject({ status: 400, body: { member } });
  });

  it('has no address to give where the table lacks this region', () => {
    expect(mintCallbackUri('{"app":"bot"}', { ...config, regions: { self: 'amer', table: {} } }).status).toBe(409);
  });
});

describe('the admin route', () => {
  let ingress: TestIngress;
  beforeAll(async () => {
    ingress = await startTestIngress({ config: { adminTokenHash: createHash('sha256').update('admin-token').digest('hex') } });
  });
  afterAll(() => ingress.stop());

  const call = (authorization: string, body = '{"app":"alpha"}') =>
    fetch(`${ingress.healthUrl}/admin/callback-uris`, { method: 'POST', headers: { authorization }, body });

  it('is open to the token alone', async () => {
    for (const wrong of ['', 'Bearer', 'Bearer wrong', 'Basic admin-token', 'Bearer admin-token ']) {
      const { status } = await call(wrong);
      // A blank at the end is not part of a header's value.
      expect(status).toBe(wrong === 'Bearer admin-token ' ? 400 : 401);
    }
    expect(await (await call('Bearer admin-token')).json()).toMatchObject({ member: 'app' });
  });

  it('refuses two Authorization headers, also with the token', async () => {
    const twice = await new Promise((resolve) =>
      request(
        `${ingress.healthUrl}/admin/callback-uris`,
        { method: 'POST', headers: ['Host', 'a', 'Authorization', 'Bearer admin-token', 'Authorization', 'Bearer x'] },
        (response) => resolve(response.resume().statusCode),
      ).end(),
    );
    expect(twice).toBe(401);
  });

  it('gives a peer 429 with Retry-After after 10 requests without the token, logs and counts them, and still serves the token', async () => {
    const guessed = await startTestIngress({ config: { adminTokenHash: createHash('sha256').update('admin-token').digest('hex') } });
    const ask = (token: string) =>
      fetch(`${guessed.healthUrl}/admin/callback-uris`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: '{}' });
    const responses = [];
    for (let count = 0; count < 12; count += 1) responses.push(await ask(`guess-${count}`));
    expect(responses.map(({ status }) => status)).toEqual([...Array(10).fill(401), 429, 429]);
    expect(Number(responses.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('admin-token')).status).toBe(400);
    expect(guessed.lines.some((line) => line.includes('ERR_INGRESS_ADMIN_TOKEN') && line.includes('127.0.0.1'))).toBe(true);
    expect(guessed.lines.join()).not.toContain('guess-1');
    expect(await guessed.metric(/^ingress_admin_refusals_total\{code="ERR_INGRESS_ADMIN_GUESSES"/)).toMatch(/ 2$/);
    await guessed.stop();
  });

  it('reads no large body', async () => {
    expect((await call('Bearer admin-token', 'x'.repeat(10_000))).status).toBe(413);
  });

  it('does not exist without a token, nor on the port of the senders', async () => {
    const plain = await startTestIngress();
    const path = '/admin/callback-uris';
    expect((await fetch(plain.healthUrl + path, { method: 'POST' })).status).toBe(404);
    expect((await plain.post(path, '{}')).status).toBe(404);
    await plain.stop();
  });
});
