import { topics } from '@switchboard/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestIngress, type TestIngress, until } from './testing/start-ingress.ts';

const authorized = { authorization: 'Bearer alpha-word' };
let ingress: TestIngress;

beforeEach(async () => {
  ingress = await startTestIngress();
});
afterEach(() => ingress.stop());

describe('an authenticated request', () => {
  it('is stored whole before its response', async () => {
    const body = Buffer.from([0x6e, 0x65, 0x77, 0x00, 0xff, 0xfe]);
    const response = await ingress.post('/test/alpha?a={"b":1}&a=2', body, {
      ...authorized,
      'x-kept': 'yes',
      'x-other': 'no',
      'content-type': 'x/y',
    });
    expect(response.status).toBe(202);
    const answered = (await response.json()) as { callbackContext: string };
    const [record] = ingress.raw();
    expect(record).toMatchObject({
      source: 'test-new',
      app: 'alpha',
      method: 'POST',
      pathParameters: { app: 'alpha' },
      headers: { 'content-type': 'x/y', 'x-kept': 'yes' },
      principal: { scheme: 'bearer', issuer: 'test', tenantId: 't' },
      routingKey: 'call-1',
      disposition: 'accepted',
      answer: { status: 202, location: null, callbackContext: answered.callbackContext, callbackUri: null },
      replyBy: null,
    });
    expect(record?.body.equals(body)).toBe(true);
    expect(record?.query).toContain('&a=2');
    expect(Object.keys(record?.headers ?? {}).sort()).toEqual(['content-type', 'x-kept']);
    const [stored] = ingress.log.stored;
    expect([stored?.topic, stored?.key.toString()]).toEqual([topics.raw.name, 'call-1']);
    expect(stored?.headers?.map(([name]) => name)).toEqual(['traceparent']);
  });

  it('gets no response while Kafka has not acknowledged it', async () => {
    const release = ingress.log.hold();
    let answered = false;
    const posting = ingress.post('/test/alpha', 'new', authorized).then((response) => {
      answered = true;
      return response;
    });
    await until(() => ingress.log.begun() === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(answered).toBe(false);
    release();
    expect((await posting).status).toBe(202);
  });

  it('gets an empty 204 without a content type where its source says so', async () => {
    const response = await ingress.post('/test/alpha', 'old 1', authorized);
    expect([response.status, await response.text(), response.headers.get('content-type')]).toEqual([204, '', null]);
    expect(ingress.raw()[0]).toMatchObject({ source: 'test-old', disposition: 'legacy-switch', dedupeKey: 'test-old/alpha/old 1' });
  });

  it('gets a redirect to an address of our own, and is stored as redirected', async () => {
    const response = await ingress.post('/test/alpha', 'new elsewhere', { ...authorized, host: 'evil.example' });
    expect([response.status, response.headers.get('location')]).toEqual([302, 'https://amer.example/test']);
    expect(ingress.raw()[0]).toMatchObject({ disposition: 'redirected', answer: { status: 302, location: 'https://amer.example/test' } });
  });

  it('is told apart from the same body in another form, source or app by its dedupe key', async () => {
    await ingress.post('/test/alpha', 'new', authorized);
    await ingress.post('/test/beta', 'new', { authorization: 'Bearer beta-word' });
    await ingress.post('/test/alpha', 'new', authorized);
    expect(ingress.raw().map((record) => record.dedupeKey)).toEqual(['test-new/alpha/new', 'test-new/beta/new', 'test-new/alpha/new']);
  });

  it('hands on the trace of its sender', async () => {
    await ingress.post('/test/alpha', 'new', { ...authorized, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
    const [, value] = ingress.log.stored[0]?.headers?.[0] ?? [];
    expect(value?.toString()).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
  });

  it('may carry a long context in its path', async () => {
    const context = 'c'.repeat(900);
    expect((await ingress.post(`/test/alpha/${context}`, 'new', authorized)).status).toBe(202);
    expect(ingress.raw()[0]?.pathParameters).toEqual({ app: 'alpha', context });
  });

  it('gets 400 with a code when no source of the route knows its form, and is not stored', async () => {
    const response = await ingress.post('/test/alpha', 'neither', authorized);
    expect([response.status, await response.json()]).toEqual([400, { error: 'malformed', code: 'ERR_INGRESS_FORM' }]);
    const empty = await ingress.post('/test/alpha', 'new nothing', authorized);
    expect([empty.status, await empty.json()]).toEqual([400, { error: 'malformed', code: 'ERR_CLASSIFY_EMPTY' }]);
    expect(ingress.log.begun()).toBe(0);
  });

  it('gets 500, never a success, when its source breaks its promise', async () => {
    const response = await ingress.post('/test/alpha', 'new', { authorization: 'Bearer throw' });
    expect([response.status, await response.json()]).toEqual([500, { error: 'internal' }]);
  });
});

describe('an unauthenticated request', () => {
  const cases: [string, string, Record<string, string>][] = [
    ['no credential', '/test/alpha', {}],
    ['a wrong credential', '/test/alpha', { authorization: 'Bearer wrong' }],
    ["another app's credential", '/test/alpha', { authorization: 'Bearer beta-word' }],
    ['an expired token', '/test/alpha', { authorization: 'Bearer expired' }],
    ['a tenant that is not listed', '/test/alpha', { authorization: 'Bearer tenant' }],
    ['a key without endorsement', '/test/alpha', { authorization: 'Bearer endorsement' }],
    ['an unknown app', '/test/gamma', authorized],
    ['an app that is named like an inherited member', '/test/constructor', authorized],
    ['an app without that source', '/hook?id=beta', authorized],
    ['an unknown id', '/hook?id=nobody', authorized],
    ['no id', '/hook', authorized],
  ];

  it('gets the same response in all 11 cases, and no record is stored', async () => {
    const answers = new Set<string>();
    for (const [, target, headers] of cases) {
      const response = await ingress.post(target, 'new', headers);
      const kept = [...response.headers].filter(([name]) => name !== 'date');
      answers.add(JSON.stringify([response.status, kept, await response.text()]));
    }
    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toContain('401');
    expect(ingress.log.begun()).toBe(0);
  });

  it('has its code in log and metric', async () => {
    await ingress.post('/test/alpha', 'new', { authorization: 'Bearer tenant' });
    expect(ingress.lines.some((line) => line.includes('ERR_VERIFY_TOKEN_TENANT'))).toBe(true);
    expect(await ingress.metric(/ingress_requests_total.*refused.*ERR_VERIFY_TOKEN_TENANT/)).toMatch(/ 1$/);
  });

  it('does not flood the log', async () => {
    for (let count = 0; count < 40; count += 1) await ingress.post('/test/alpha', 'new', { authorization: 'Bearer expired' });
    expect(ingress.lines.filter((line) => line.includes('ERR_VERIFY_TOKEN_EXPIRED'))).toHaveLength(10);
    expect(await ingress.metric(/ingress_requests_total.*ERR_VERIFY_TOKEN_EXPIRED/)).toMatch(/ 40$/);
  });
});

describe('a request that cannot be judged', () => {
  it('gets 503 with Retry-After without a usable key set', async () => {
    const response = await ingress.post('/test/alpha', 'new', { authorization: 'Bearer keys' });
    expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([503, '18', { error: 'unavailable' }]);
  });

  it('gets 503 when verification does not end before the deadline', async () => {
    const short = await startTestIngress({ config: { appendDeadlineMs: 100 } });
    const response = await short.post('/test/alpha', 'new', { authorization: 'Bearer never' });
    expect(response.status).toBe(503);
    await short.stop();
  });

  it('gets 400 when it is malformed', async () => {
    const response = await ingress.post('/test/alpha', 'new', { authorization: 'Bearer broken' });
    expect([response.status, await response.json()]).toEqual([400, { error: 'malformed', code: 'ERR_BODY_SYNTAX' }]);
  });
});

describe('the probe of a sender', () => {
  it('finds a route that declares GET reachable, and no other', async () => {
    expect((await fetch(`${ingress.url}/test/alpha`)).status).toBe(200);
    expect((await fetch(`${ingress.url}/hook`)).status).toBe(404);
    expect((await fetch(`${ingress.url}/`)).status).toBe(404);
  });
});

describe('an anomaly', () => {
  it('is accepted, stored and counted', async () => {
    await ingress.post('/test/alpha', 'old 1', authorized);
    expect((await ingress.post('/test/alpha', 'old callback', authorized)).status).toBe(204);
    expect(ingress.raw()).toHaveLength(2);
    expect(await ingress.metric(/anomalies_total\{.*anomaly="later-legacy-callback"/)).toMatch(/ 1$/);
  });
});

describe('a sender that keeps to the old form', () => {
  it('raises one alarm at the fourth distinct message of a call, and its responses stay the same', async () => {
    const bodies = ['old 1', 'old 1', 'old 2', 'old 2', 'old 3', 'old 3'];
    for (const body of bodies) expect((await ingress.post('/test/alpha', body, authorized)).status).toBe(204);
    expect(await ingress.metric(/ingress_loop_alarms_total\{/)).toBeUndefined();
    for (const body of ['old 4', 'old 5', 'old 6']) expect((await ingress.post('/test/alpha', body, authorized)).status).toBe(204);
    expect(await ingress.metric(/ingress_loop_alarms_total\{/)).toMatch(/ 1$/);
    expect(ingress.lines.filter((line) => line.includes('ERR_INGRESS_LOOP'))).toHaveLength(1);
  });
});

describe('secrets', () => {
  it('appear in no log line and no stored header', async () => {
    await ingress.post('/test/alpha', 'new body-text', authorized);
    await ingress.post('/test/alpha', 'new', { authorization: 'Bearer wrong-credential' });
    ingress.log.script([], 'ERR_LOG_UNAVAILABLE');
    await ingress.post('/test/alpha', 'new body-text', authorized);
    const written = ingress.lines.join('');
    for (const secret of ['alpha-word', 'wrong-credential', 'body-text', 'routing-key-of-the-tests']) expect(written).not.toContain(secret);
    expect(JSON.stringify(ingress.raw().map((record) => record.headers))).not.toContain('alpha-word');
  });
});
