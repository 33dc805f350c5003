import { topics } from '@switchboard/contracts';
import { createTestAuthority, startTestReceiver } from '@switchboard/webhooks/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { CONTENT, contentEvent, startDeliveryHarness } from './testing/delivery-harness.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start() {
  const authority = await createTestAuthority();
  const receiver = await startTestReceiver(await authority.issue());
  stops.push(() => receiver.stop());
  const harness = await startDeliveryHarness({ authority: authority.pem });
  stops.push(() => harness.stop());
  return { receiver, harness };
}

it('records of every attempt where it went and what came back, without the secrets that the endpoint echoes', async () => {
  const { receiver, harness } = await start();
  receiver.answer(({ path, headers }, response) => {
    response.writeHead(headers['sb-attempt'] === '1' ? 503 : 200).end(`${path} has ${headers['x-key']}`);
  });
  const endpoint = `${receiver.url}/in/hook?token=query-secret`;
  const headers = [{ header_name: 'X-Key', header_value: 'header-secret' }];
  harness.install('a', { capabilities: { webhooks: { [CONTENT]: { endpoint, max_retries: 1, headers } } } });
  await harness.deliver('a', contentEvent('conversation-9'));
  await harness.ended(1);
  const [failed, delivered] = await harness.outcomes();
  const made = {
    endpoint: `${receiver.url}/in/hook`,
    subject: 'conversation-9',
    tenantId: 'tenant-1',
    app: 'contoso-bot',
    source: 'bot-framework',
    responseExcerpt: '/in/hook?token=[redacted] has [redacted]',
  };
  expect(failed).toMatchObject({ ...made, outcome: 'failed', status: 503, nextStep: 'wait', next: topics.retry1.name });
  const [waiting] = await harness.read(topics.retry1.name);
  expect(failed?.nextAt).toBe((waiting?.timestamp ?? 0) + 40);
  expect(delivered).toMatchObject({ ...made, outcome: 'delivered', status: 200, nextStep: 'end', next: null, nextAt: null });
});

it('records a deferral with the endpoint, and a skipped delivery without one', async () => {
  const { receiver, harness } = await start();
  harness.install('a', { capabilities: { webhooks: { [CONTENT]: { endpoint: `${receiver.url}/in?key=1` } } } });
  harness.change('a', { paused: true });
  await harness.deliver('a', contentEvent());
  await expect
    .poll(async () => (await harness.outcomes())[0])
    .toMatchObject({
      outcome: 'deferred',
      code: 'ERR_DEFERRED_PAUSED',
      endpoint: `${receiver.url}/in`,
      responseExcerpt: null,
      nextStep: 'wait',
    });
  harness.remove('a');
  expect(await harness.ended(1)).toMatchObject([{ outcome: 'skipped', endpoint: null, responseExcerpt: null, nextStep: 'end' }]);
});

it('defers a delivery while no key opens the header values and the query of its install, and makes no attempt', async () => {
  const { receiver, harness } = await start();
  const document = { capabilities: { webhooks: { [CONTENT]: { endpoint: `${receiver.url}/in?key=1` } } } };
  harness.install('a', document);
  harness.change('a', { sealed: Buffer.alloc(64) });
  await harness.deliver('a', contentEvent());
  await expect
    .poll(async () => (await harness.outcomes())[0])
    .toMatchObject({ outcome: 'deferred', code: 'ERR_DEFERRED_SEALED', endpoint: `${receiver.url}/in` });
  expect(receiver.requests).toEqual([]);
  harness.install('a', document);
  expect(await harness.ended(1)).toMatchObject([{ outcome: 'delivered' }]);
  expect(receiver.requests.map(({ path }) => path)).toEqual(['/in?key=1']);
});
