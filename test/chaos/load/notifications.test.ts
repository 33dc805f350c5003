import type { AnyEvent } from '@switchboard/contracts';
import { completeEvents, toWebhookBody } from '@switchboard/contracts';
import { sourceById } from '@switchboard/sources';
import { describe, expect, it } from 'vitest';
import { rawOf } from '../../../packages/sources/src/testing/raw-notification.ts';
import { createRandom } from '../../support/random.ts';
import { LARGE_TENANT, manyInstallFacts, RECEIVERS } from './large-events.ts';
import { createNotifications, markersIn, type Notification, sentEventTypes } from './notifications.ts';

const notifications = (seed: number, count: number): Notification[] => {
  const next = createNotifications(createRandom(seed), { seed, tenantId: 'tenant', largeEvery: 40 });
  return Array.from({ length: count }, next);
};

function eventsOf({ source, body }: Notification) {
  const raw = rawOf(body, { source, disposition: source === 'legacy-calling' ? 'legacy-switch' : 'accepted' });
  const outcome = sourceById(source)?.normalize(raw);
  if (outcome?.kind !== 'events') throw new Error(`${source}: ${JSON.stringify(outcome)}`);
  return completeEvents(raw, { topic: 'notifications.raw.v1', partition: 0, offset: 0n }, outcome.events);
}

describe('notifications of a run', () => {
  const sent = notifications(7, 400);

  it('follow from the seed', () => {
    expect(notifications(7, 50)).toEqual(notifications(7, 50));
    expect(notifications(8, 50)).not.toEqual(notifications(7, 50));
  });

  it('are messages of the tenant whose events 300 installs receive, each 40th', () => {
    const large = sent.flatMap((notification, index) =>
      eventsOf(notification).some(({ record }) => record.tenantId === LARGE_TENANT) ? [index] : [],
    );
    expect(large).toEqual([39, 79, 119, 159, 199, 239, 279, 319, 359, 399]);
    expect(manyInstallFacts).toHaveLength(1_000);
    expect(manyInstallFacts.filter(({ tenants }) => tenants?.includes(LARGE_TENANT))).toHaveLength(RECEIVERS);
  });

  it('become the event types they say', () => {
    // One that is redirected would become an event here, where nobody redirects it.
    for (const notification of sent.filter(({ eventTypes }) => eventTypes.length > 0)) {
      expect(eventsOf(notification).map(({ type }) => type)).toEqual(notification.eventTypes);
    }
  });

  it('cover every event type that a run sends', () => {
    expect(new Set(sent.flatMap(({ eventTypes }) => eventTypes))).toEqual(new Set(sentEventTypes));
  });

  it('have a marker that stands in every event and webhook body, and in no other notification', () => {
    for (const notification of sent) {
      for (const event of eventsOf(notification)) {
        expect(JSON.stringify(event.record)).toContain(notification.marker);
        expect(markersIn(toWebhookBody(event as unknown as AnyEvent))).toEqual([notification.marker]);
      }
    }
    expect(new Set(sent.map(({ marker }) => marker)).size).toBe(sent.length);
  });
});
