import { deliveryHeaders, eventHeaders, headerNames, textHeader, topics } from '@switchboard/contracts';
import { createTestAuthority } from '@switchboard/webhooks/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { contentEvent, type DeliveryHarness, startDeliveryHarness } from '../testing/delivery-harness.ts';

const NEWER = 'ms.MessagingEventNotification.TelepathyEvent';
const webhook = { endpoint: 'https://127.0.0.1:1/', maxRetries: 0, maxConcurrency: null, rateLimit: null, disabled: false };
const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A pending delivery as a newer build writes it. */
async function deliver(harness: DeliveryHarness, type: string | undefined): Promise<void> {
  const state = {
    deliveryId: 'd',
    installId: 'a',
    installVersion: 1,
    attempts: 0,
    deferrals: 0,
    run: '0',
    firstAt: Date.now(),
    bodyVersion: 1,
  };
  const typed = eventHeaders(contentEvent(), harness.codec).filter(([name]) => name !== headerNames.eventType);
  const headers = deliveryHeaders.write(type === undefined ? typed : [...typed, textHeader(headerNames.eventType, type)], state);
  await harness.append({ topic: topics.pending.name, key: Buffer.from('a:c'), value: Buffer.from('event'), headers });
}

async function start(): Promise<DeliveryHarness> {
  const harness = await startDeliveryHarness({ authority: (await createTestAuthority()).pem });
  stops.push(() => harness.stop());
  return harness;
}

describe('a delivery of an event type that this build does not know', () => {
  it.each([
    ['is put off for a process that knows it', NEWER],
    ['is put off where it names no type at all', undefined],
  ])('%s', async (_case, type) => {
    const harness = await start();
    harness.install('a', {});
    if (type !== undefined) harness.change('a', { webhooks: { [type]: webhook } as never });
    await deliver(harness, type);
    await expect.poll(async () => (await harness.outcomes()).length).toBeGreaterThan(0);
    const [outcome] = await harness.outcomes();
    expect(outcome).toMatchObject({
      deliveryId: 'd',
      eventType: type ?? '',
      outcome: 'deferred',
      code: 'ERR_DEFERRED_UNREADABLE',
      terminal: false,
      next: topics.retry1.name,
    });
    const [carried] = await harness.read(topics.retry1.name);
    expect([carried?.value, carried && harness.headerOf(carried, headerNames.eventType)]).toEqual([Buffer.from('event'), type]);
  });

  it('ends with its own code where the install is gone', async () => {
    const harness = await start();
    await deliver(harness, NEWER);
    expect(await harness.ended(1)).toMatchObject([{ outcome: 'skipped', code: 'ERR_SKIPPED_INSTALL_REMOVED', eventType: NEWER }]);
  });
});
