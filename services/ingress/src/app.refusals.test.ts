import { afterEach, describe, expect, it } from 'vitest';
import { startTestIngress, type TestIngress, testSourcesFile } from './testing/start-ingress.ts';

let ingress: TestIngress;
afterEach(() => ingress.stop());

const lines = (code: string) =>
  ingress.lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => line.code === code);

describe('a refusal', () => {
  it('leaves one line with source, app, code, key id, peer and request id, and counts by source, app and code', async () => {
    ingress = await startTestIngress();
    await ingress.post('/test/alpha', 'new', { authorization: 'Bearer expired' });
    await ingress.post('/test/gamma', 'new', { authorization: 'Bearer expired' });
    const [line] = lines('ERR_VERIFY_TOKEN_EXPIRED');
    expect(line).toMatchObject({ msg: 'Authentication failed', source: 'test-new', app: 'alpha', keyId: 'key-7', peer: '127.0.0.1' });
    expect(line?.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(lines('ERR_INGRESS_APP')[0]).toMatchObject({ source: 'test-new', app: null, peer: '127.0.0.1' });
    expect(await ingress.metric(/^ingress_refusals_total\{source="test-new",app="alpha",code="ERR_VERIFY_TOKEN_EXPIRED"/)).toMatch(/ 1$/);
    expect(await ingress.metric(/^ingress_refusals_total\{source="test-new",app="none",code="ERR_INGRESS_APP"/)).toMatch(/ 1$/);
  });

  it('is logged for an app although another app gets hundreds of the same code', async () => {
    ingress = await startTestIngress();
    for (let count = 0; count < 100; count += 1) await ingress.post('/test/alpha', 'new', { authorization: 'Bearer tenant' });
    await ingress.post('/test/beta', 'new', { authorization: 'Bearer tenant' });
    const apps = lines('ERR_VERIFY_TOKEN_TENANT').map((line) => line.app);
    expect(apps.filter((app) => app === 'alpha')).toHaveLength(10);
    expect(apps).toContain('beta');
  });

  it('of an append that Kafka refused is logged and counted as well', async () => {
    ingress = await startTestIngress();
    ingress.log.script([], 'ERR_LOG_UNAVAILABLE');
    await ingress.post('/test/alpha', 'new', { authorization: 'Bearer alpha-word' });
    expect(lines('ERR_LOG_UNAVAILABLE')[0]).toMatchObject({ msg: 'Request rejected, retry later', source: 'test-new', app: 'alpha' });
  });
});

describe('an app with limits: { requests_per_second: 2 }', () => {
  it('gets 503 with Retry-After beyond them, counted by app, while another app is served', async () => {
    ingress = await startTestIngress({
      sourcesFile: testSourcesFile.replace('  alpha:\n', '  alpha:\n    limits: { requests_per_second: 2 }\n'),
    });
    const responses = [];
    for (let count = 0; count < 5; count += 1)
      responses.push(await ingress.post('/test/alpha', 'new', { authorization: 'Bearer alpha-word' }));
    expect(responses.slice(0, 2).map(({ status }) => status)).toEqual([202, 202]);
    const limited = responses.filter(({ status }) => status === 503);
    expect(limited.length).toBeGreaterThanOrEqual(2);
    expect(limited.every(({ headers }) => Number(headers.get('retry-after')) >= 5)).toBe(true);
    expect(await ingress.metric(/^ingress_refusals_total\{source="test-new",app="alpha",code="ERR_INGRESS_APP_LIMIT"/)).toBeDefined();
    for (let count = 0; count < 5; count += 1) {
      expect((await ingress.post('/test/beta', 'new', { authorization: 'Bearer beta-word' })).status).toBe(202);
    }
  });

  it('does not let requests that are not authenticated use them up', async () => {
    ingress = await startTestIngress({
      sourcesFile: testSourcesFile.replace('  alpha:\n', '  alpha:\n    limits: { requests_per_second: 2 }\n'),
    });
    for (let count = 0; count < 20; count += 1) await ingress.post('/test/alpha', 'new', { authorization: 'Bearer wrong' });
    expect((await ingress.post('/test/alpha', 'new', { authorization: 'Bearer alpha-word' })).status).toBe(202);
  });
});
