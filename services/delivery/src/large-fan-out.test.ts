import { createTestAuthority, startTestReceiver, type TestAuthority, type TestReceiver } from '@switchboard/webhooks/testing';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { CONTENT, contentEvent, type DeliveryHarness, startDeliveryHarness } from './testing/delivery-harness.ts';

// 10,000 installs are put in place first, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

const INSTALLS = 10_000;
const OTHERS = 20;
/** Of the large event's attempts, those that may begin before all of the others' are made: some were under way when these arrived. */
const MOST_BEFORE = 500;

let authority: TestAuthority;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  authority = await createTestAuthority();
});

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(): Promise<readonly [large: TestReceiver, other: TestReceiver, delivery: DeliveryHarness]> {
  const certificate = await authority.issue();
  const receivers = [await startTestReceiver(certificate), await startTestReceiver(certificate)] as const;
  const delivery = await startDeliveryHarness({ authority: authority.pem });
  stops.push(...receivers.map(({ stop }) => stop), () => delivery.stop());
  return [...receivers, delivery];
}

const webhook = (endpoint: string) => ({ capabilities: { webhooks: { [CONTENT]: { endpoint } } } });

async function requests(receiver: TestReceiver, count: number): Promise<void> {
  while (receiver.requests.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
}

it('attempts 20 deliveries of other events before the 500th of 10,000 of one event that were there before them', async () => {
  const [large, other, delivery] = await start();
  for (let n = 0; n < INSTALLS; n++) delivery.install(`large-${n}`, webhook(large.url));
  delivery.install('other', webhook(other.url));
  const event = contentEvent('large');
  await Promise.all(Array.from({ length: INSTALLS }, (_, n) => delivery.deliver(`large-${n}`, event)));
  await requests(large, 100);
  const before = large.requests.length;
  expect(before).toBeLessThan(INSTALLS / 2);
  await Promise.all(Array.from({ length: OTHERS }, (_, n) => delivery.deliver('other', contentEvent(`other ${n}`))));
  await requests(other, OTHERS);
  expect(large.requests.length - before).toBeLessThan(MOST_BEFORE);
});
