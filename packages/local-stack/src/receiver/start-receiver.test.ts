import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { testDirectory } from '../testing/directory.ts';
import { type HttpsRequest, httpsGet } from '../testing/https-get.ts';
import { createCertificateAuthority } from '../tls/certificate-authority.ts';
import { statuses } from './answers.ts';
import { describeDelivery } from './delivery.ts';
import { startReceiver } from './start-receiver.ts';

async function start(options: { keep?: number } = {}) {
  const authority = await createCertificateAuthority({ directory: await testDirectory() });
  const lines: string[] = [];
  const receiver = await startReceiver({ authority, ...options, onDelivery: (delivery) => lines.push(describeDelivery(delivery)) });
  onTestFinished(() => receiver.stop());
  const post = (path: string, request: Omit<HttpsRequest, 'ca'> = {}) =>
    httpsGet(`${receiver.origin}${path}`, { ca: authority.pem, method: 'POST', body: '{}', ...request });
  return { receiver, post, lines };
}

// Written out here, so that the check does not vouch for itself: https://www.standardwebhooks.com
function signed(key: Buffer, id: string, timestamp: number, body: string): Record<string, string> {
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${mac}` };
}

describe('the receiver', () => {
  it('records path, query, headers and the raw body of every request, and answers 200', async () => {
    const { receiver, post, lines } = await start();
    const body = Buffer.from([0x7b, 0xff, 0x00, 0x7d]);
    expect((await post('/hook?a=1?b', { body, headers: { 'ce-type': 'x.Event', 'ce-source': '/ucwa/litware' } })).status).toBe(200);
    expect(receiver.deliveries('/hook')).toMatchObject([
      { number: 1, method: 'POST', path: '/hook', query: 'a=1?b', signature: 'unchecked' },
    ]);
    expect(receiver.deliveries()[0]?.body).toEqual(body);
    expect(receiver.deliveries('/other')).toEqual([]);
    expect(lines).toEqual(['/hook x.Event from /ucwa/litware, webhook-id (no id), signature unchecked, 4 bytes']);
  });

  it('answers a path by its script and then with the last answer of it', async () => {
    const { receiver, post } = await start();
    receiver.script('/flaky', statuses(500, 503, 201));
    const seen: number[] = [];
    for (let index = 0; index < 4; index += 1) seen.push((await post('/flaky')).status);
    expect(seen).toEqual([500, 503, 201, 201]);
    expect((await post('/other')).status).toBe(200);
    receiver.script('/flaky', []);
    expect((await post('/flaky')).status).toBe(200);
  });

  it('gives the body and headers of a scripted answer', async () => {
    const { receiver, post } = await start();
    receiver.script('/reply', [{ kind: 'answer', status: 200, headers: { 'retry-after': '7' }, body: '{"type":"message"}', delayMs: 5 }]);
    expect(await post('/reply')).toMatchObject({ status: 200, headers: { 'retry-after': '7' }, body: '{"type":"message"}' });
    receiver.script('/moved', [{ kind: 'redirect', location: 'https://elsewhere.example/' }]);
    expect(await post('/moved')).toMatchObject({ status: 302, headers: { location: 'https://elsewhere.example/' } });
  });

  it('drips a body to its end', async () => {
    const { receiver, post } = await start();
    receiver.script('/drip', [{ kind: 'drip', status: 200, intervalMs: 2, bytes: 5 }]);
    expect((await post('/drip')).body).toBe('xxxxx');
  });

  it.each([{ kind: 'hang' }, { kind: 'huge', status: 200 }] as const)('never ends the answer of $kind', async (answer) => {
    const { receiver, post } = await start();
    receiver.script('/never', [answer]);
    await expect(post('/never', { timeoutMs: 1_000 })).rejects.toThrow('no whole answer in time');
    await receiver.until((deliveries) => deliveries.length > 0, 10_000);
    expect(receiver.deliveries('/never')).toHaveLength(1);
  });

  it('cuts the connection when told to, and the request still counts', async () => {
    const { receiver, post } = await start();
    receiver.script('/cut', [{ kind: 'cut' }]);
    await expect(post('/cut')).rejects.toThrow(/hang up|ECONNRESET/);
    expect(receiver.deliveries('/cut')).toHaveLength(1);
  });

  it('tells valid signatures from invalid ones over the raw body, with any of its secrets', async () => {
    const { receiver, post } = await start();
    const key = randomBytes(32);
    receiver.trust(`whsec_${randomBytes(32).toString('base64')}`);
    receiver.trust(`whsec_${key.toString('base64')}`);
    const now = Math.floor(Date.now() / 1000);
    await post('/hook', { body: '{"a":1}', headers: signed(key, 'd-1', now, '{"a":1}') });
    await post('/hook', { body: '{"a":2}', headers: signed(key, 'd-1', now, '{"a":1}') });
    await post('/hook', { body: '{"a":1}', headers: signed(key, 'd-1', now - 3600, '{"a":1}') });
    await post('/hook', { body: '{"a":1}' });
    expect(receiver.deliveries().map(({ signature }) => signature)).toEqual(['valid', 'invalid', 'invalid', 'invalid']);
  });

  it('resolves a wait when the condition holds and says what came when it never does', async () => {
    const { receiver, post } = await start();
    const two = receiver.until((deliveries) => deliveries.length === 2, 5_000);
    await post('/first');
    await post('/second');
    expect((await two).map(({ path }) => path)).toEqual(['/first', '/second']);
    await expect(receiver.until(() => false, 10)).rejects.toThrow('2 requests came: /first, /second');
  });

  it('forgets the oldest requests beyond what it keeps', async () => {
    const { receiver, post } = await start({ keep: 2 });
    for (const path of ['/1', '/2', '/3']) await post(path);
    expect(receiver.deliveries().map(({ number, path }) => [number, path])).toEqual([
      [2, '/2'],
      [3, '/3'],
    ]);
    receiver.clear();
    expect(receiver.deliveries()).toEqual([]);
  });
});
