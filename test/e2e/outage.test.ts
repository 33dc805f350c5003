import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, showLogsOnFailure, startTestStack, type TestStack, untilTaken } from '../support/test-stack.ts';
import { timed } from '../support/timed.ts';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  const webhooks = { 'ms.MessagingEventNotification.ContentEvent': { endpoint: `${stack.receiver.origin}/outage` } };
  await stack.install('outage', { client_name: 'outage', capabilities: { webhooks } });
});

afterAll(() => stack?.stop());

/** An answer and how long it took. */
async function timedPost() {
  const sample = await stack.sample('bot-framework');
  const { result, tookMs } = await timed(() => stack.post(sample));
  return { sample, status: result.status, retryAfter: Number(result.headers['retry-after']), tookMs };
}

describe('while the broker is away', () => {
  it('the ingress answers 503 with Retry-After within its deadline, never a 2xx, and all services recover without a restart', async () => {
    showLogsOnFailure(stack);
    const { kafka } = stack.backbone;
    if (kafka === undefined) throw new Error('the stack has no broker of its own');
    const before = Object.values(stack.services).map((service) => service.pid());
    expect((await untilTaken(timedPost)).status).toBe(200);

    await kafka.kill();
    const during = [];
    for (let attempt = 0; attempt < 10; attempt += 1) during.push(await timedPost());
    expect(during.map(({ status }) => status)).toEqual(during.map(() => 503));
    for (const { retryAfter, tookMs } of during) {
      expect(retryAfter).toBeGreaterThanOrEqual(5);
      expect(retryAfter).toBeLessThanOrEqual(30);
      // The promise is 2 s; twice that leaves room for a busy machine.
      expect(tookMs).toBeLessThan(4_000);
    }

    await kafka.restart();
    const accepted = await eventually(async () => {
      const one = await timedPost();
      return one.status === 200 ? one : undefined;
    }, 30_000);
    const id = JSON.parse(accepted.sample.body.toString('utf8')).id;
    await stack.receiver.until((received) => received.some(({ body }) => body.includes(id)), 60_000);
    expect(Object.values(stack.services).map((service) => service.pid())).toEqual(before);

    for (const { sample } of during) expect((await stack.stored(sample.body)).length).toBeLessThanOrEqual(1);
    expect(await stack.stored(accepted.sample.body)).toHaveLength(1);
  });
});
