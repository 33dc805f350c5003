import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppendStep } from './testing/scripted-log.ts';
import { startTestIngress, type TestIngress } from './testing/start-ingress.ts';

const authorized = { authorization: 'Bearer alpha-word' };
const step = fc.constantFrom<AppendStep>(
  'ok',
  'ok',
  'ERR_LOG_QUEUE_FULL',
  'ERR_LOG_OUTCOME_UNKNOWN',
  'ERR_LOG_UNAVAILABLE',
  'ERR_LOG_UNKNOWN_TOPIC',
  'ERR_LOG_RECORD_TOO_LARGE',
  'ERR_LOG_FENCED',
  'ERR_LOG_CLOSED',
  'throw',
  'silent',
);
const request = fc.record({
  step,
  target: fc.constantFrom('/test/alpha', '/hook?id=alpha'),
  body: fc.constantFrom('new', 'old 1', 'new elsewhere', 'neither'),
  credential: fc.constantFrom('Bearer alpha-word', 'Bearer alpha-word', 'Bearer alpha-word', 'Bearer wrong', 'Bearer keys', 'Bearer throw'),
});

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startTestIngress({
    config: { appendDeadlineMs: 100 },
    sourcesFile: `
routingTokenKeys: [{ env: ROUTING_KEY }]
apps: { alpha: { test: { word: { env: ALPHA_WORD } }, hook: { word: { env: ALPHA_WORD }, waitMs: 1 } } }
`,
  });
});
afterAll(() => ingress.stop());

describe('any sequence of faults', () => {
  it('lets a success out exactly for what Kafka acknowledged, and 503 with Retry-After for what it did not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 12 }), async (requests) => {
        const before = ingress.log.stored.length;
        let successes = 0;
        for (const { step: next, target, body, credential } of requests) {
          ingress.log.script([], next);
          const stored = ingress.log.stored.length;
          const response = await ingress.post(target, body, { authorization: credential });
          await response.arrayBuffer();
          const success = response.status < 400;
          if (success) successes += 1;
          expect(ingress.log.stored.length - stored).toBe(success ? 1 : 0);
          if (success) expect([200, 202, 204, 302]).toContain(response.status);
          else expect([400, 401, 413, 500, 503]).toContain(response.status);
          expect(response.headers.get('retry-after') !== null).toBe(response.status === 503);
        }
        expect(ingress.log.stored.length - before).toBe(successes);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('holds for requests at the same time too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 24 }), async (steps) => {
        ingress.log.script(steps);
        const before = ingress.log.stored.length;
        const responses = await Promise.all(steps.map(() => ingress.post('/test/alpha', 'new', authorized)));
        const successes = responses.filter((response) => response.status === 202).length;
        expect(ingress.log.stored.length - before).toBe(successes);
        expect(successes).toBe(steps.filter((each) => each === 'ok').length);
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});

describe('before what it needs is connected', () => {
  it('responds 503, is not ready, and recovers without a restart', async () => {
    let fail = true;
    const late = await startTestIngress({
      waitUntilReady: false,
      connectCodec: async () => {
        if (fail) throw new Error('the registry is down');
        return ingress.codec;
      },
    });
    expect((await late.post('/test/alpha', 'new', authorized)).status).toBe(503);
    const ready = await fetch(`${late.healthUrl}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'unavailable', problems: ['waiting for schema registry'] }]);
    expect((await fetch(`${late.healthUrl}/livez`)).status).toBe(200);
    fail = false;
    while (!(await fetch(`${late.healthUrl}/readyz`)).ok) await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await late.post('/test/alpha', 'new', authorized)).status).toBe(202);
    await late.stop();
  });

  it('is not ready while the log takes nothing or a key set was never fetched', async () => {
    const held = new Set<string>();
    const keySets = {
      find: async () => ({ kind: 'unavailable', reason: 'issuer' }) as const,
      has: (url: string) => held.has(url),
      watch: () => {},
      stop: async () => {},
    };
    const late = await startTestIngress({ waitUntilReady: false, keySets });
    const problems = async () => ((await (await fetch(`${late.healthUrl}/readyz`)).json()) as { problems?: string[] }).problems;
    while ((await problems())?.some((problem) => /replies|registry|kafka/.test(problem)))
      await new Promise((resolve) => setTimeout(resolve, 5));
    late.log.setAvailable(false);
    expect(await problems()).toEqual(['Kafka does not take records', 'waiting for key sets']);
    late.log.setAvailable(true);
    held.add('https://issuer.example/metadata');
    expect(await problems()).toBeUndefined();
    await late.stop();
  });
});
