import { uuidV5 } from '../uuid-v5.ts';
import { append, at, type SeededFault } from './mutations.ts';

/** From the pending delivery to its outcome, one fault for each stage and kind. */
export const faultsInDeliveries: readonly SeededFault[] = [
  ['a pending delivery is deleted', 'I5', ({ pending }) => void pending.splice(4, 1)],
  ['a pending delivery stands twice', 'I5', ({ pending }) => append(pending, at(pending, 4))],
  [
    'a pending delivery holds other bytes than its event',
    'I5',
    ({ pending }) => {
      at(pending, 4).valueHash = 'ef'.repeat(32);
    },
  ],
  [
    'a delivery is made for an install that does not name the type',
    'I5',
    ({ pending, events }) => {
      const conversation = events.find(({ type }) => type.startsWith('cqm'));
      append(pending, { ...at(pending, 0), installId: 'content', eventId: conversation?.eventId ?? '' });
    },
  ],
  [
    'the fan-out of an event to five installs ends after the second',
    'I5',
    ({ pending }) => {
      const lost = pending.filter(({ installId }) => installId.startsWith('large-')).slice(2);
      pending.splice(0, pending.length, ...pending.filter((delivery) => !lost.includes(delivery)));
    },
  ],
  [
    'the fan-out of an event to five installs begins again after the third',
    'I5',
    ({ pending }) => {
      for (const delivery of pending.filter(({ installId }) => /^large-[123]$/.test(installId))) append(pending, delivery);
    },
  ],
  [
    'a delivery is made for an install that receives the events of another tenant',
    'I5',
    ({ pending }) => {
      const large = at(
        pending.filter(({ installId }) => installId === 'large-1'),
        0,
      );
      append(pending, {
        ...large,
        installId: 'other',
        deliveryId: uuidV5('other', large.eventId),
        key: large.key.replace('large-1', 'other'),
      });
    },
  ],
  [
    'a pending delivery of an event that does not exist',
    'I5',
    ({ pending }) => {
      at(pending, 4).eventId = '00000000-0000-4000-8000-000000000000';
    },
  ],
  [
    'a terminal outcome is deleted',
    'I5',
    ({ outcomes }) =>
      void outcomes.splice(
        outcomes.findLastIndex(({ terminal }) => terminal),
        1,
      ),
  ],
  ['an outcome of a foreign delivery', 'I5', ({ outcomes }) => append(outcomes, { ...at(outcomes, 0), deliveryId: 'foreign' })],
  [
    'a delivery is dead one attempt early',
    'I6',
    ({ dead }) => {
      at(dead, 0).attempts = 1;
    },
  ],
  [
    'a delivery is dead with an attempt that no receiver saw',
    'I6',
    ({ received, dead }) =>
      void received.splice(
        received.findIndex(({ webhookId }) => webhookId === at(dead, 0).deliveryId),
        1,
      ),
  ],
  [
    'a delivery is dead with an attempt that was not recorded',
    'I6',
    ({ outcomes, dead }) =>
      void outcomes.splice(
        outcomes.findIndex(({ deliveryId }) => deliveryId === at(dead, 0).deliveryId),
        1,
      ),
  ],
  [
    'a receiver gets more requests than are due',
    'I6',
    ({ received }) => void received.push(at(received, -1), at(received, -1), at(received, -1)),
  ],
  [
    'a receiver gets a request for a delivery that was never pending',
    'I6',
    ({ received }) => void received.push({ ...at(received, 0), webhookId: 'foreign' }),
  ],
  [
    'the body of a retry differs',
    'I7',
    ({ received, dead }) => {
      const retried = received.findLast(({ webhookId }) => webhookId === at(dead, 0).deliveryId);
      if (retried !== undefined) retried.bodyHash = '12'.repeat(32);
    },
  ],
  [
    'a request holds another event than its delivery',
    'I7',
    ({ received }) => {
      at(received, 2).eventId = '00000000-0000-4000-8000-000000000000';
    },
  ],
  [
    'a request holds the content of another notification',
    'I7',
    ({ received }) => {
      at(received, 2).markers = ['chaos-1-999.'];
    },
  ],
  [
    'a delivery is delivered that no receiver took',
    'I8',
    ({ received }) => {
      at(received, -1).status = 500;
    },
  ],
  ['a waiting delivery is deleted', 'I8', ({ retries }) => void retries.splice(0, 1)],
  ['a waiting delivery stands twice', 'I8', ({ retries }) => append(retries, at(retries, 0))],
  [
    'a waiting delivery holds other bytes than the pending one',
    'I7',
    ({ retries }) => {
      at(retries, 0).valueHash = 'ef'.repeat(32);
    },
  ],
  [
    'a waiting delivery has another key than the pending one',
    'I7',
    ({ retries }) => {
      at(retries, 0).key = 'another';
    },
  ],
  [
    'a waiting delivery has other headers than the pending one',
    'I7',
    ({ retries }) => {
      at(retries, 0).carried = 'another';
    },
  ],
  [
    'a waiting delivery names another origin',
    'I7',
    ({ retries }) => {
      at(retries, 0).origin = 'deliveries.pending.v1-0-999';
    },
  ],
  ['a foreign delivery waits', 'I7', ({ retries }) => append(retries, { ...at(retries, 0), deliveryId: 'foreign' })],
  ['a dead delivery stands twice', 'I8', ({ dead }) => append(dead, at(dead, 0))],
  ['a foreign delivery is dead', 'I7', ({ dead }) => append(dead, { ...at(dead, 0), deliveryId: 'foreign' })],
  [
    'a dead delivery holds other bytes than the pending one',
    'I7',
    ({ dead }) => {
      at(dead, 0).valueHash = 'ef'.repeat(32);
    },
  ],
  [
    'an outcome came of the record of another delivery',
    'I8',
    ({ outcomes }) => {
      at(outcomes, 0).record = at(outcomes, -1).record;
    },
  ],
  [
    'an outcome is of another attempt than its record waited for',
    'I8',
    ({ outcomes }) => {
      at(outcomes, 0).attempt += 1;
    },
  ],
  [
    'an attempt was made twice and others were left out',
    'I6',
    ({ received }) => {
      const twice = received.filter(({ attempt }) => attempt === 2)[0] ?? at(received, 0);
      twice.attempt = 1;
    },
  ],
  [
    'a delivery is dead and was delivered',
    'I6',
    ({ outcomes, dead, pending }) => {
      const delivered = at(
        pending.filter(({ deliveryId }) => outcomes.some((one) => one.deliveryId === deliveryId && one.outcome === 'delivered')),
        0,
      );
      const { attempt } = at(
        outcomes.filter(({ deliveryId }) => deliveryId === delivered.deliveryId),
        -1,
      );
      append(dead, { ...at(dead, 0), ...delivered, topic: 'deliveries.dead.v1', origin: at(dead, 0).origin, attempts: attempt });
    },
  ],
  ['an outcome stands twice', 'I8', ({ outcomes }) => append(outcomes, at(outcomes, 0))],
  [
    'a delivered outcome was altered to a dead one',
    'I8',
    ({ outcomes }) => {
      at(outcomes, -1).outcome = 'dead';
    },
  ],
  [
    'a delivery was skipped',
    'I8',
    ({ outcomes }) => {
      at(outcomes, -1).outcome = 'skipped';
    },
  ],
  [
    'a delivery died of its age',
    'I6',
    ({ dead }) => {
      at(dead, 0).code = 'ERR_DEAD_EXPIRED';
      at(dead, 0).attempts = 1;
    },
  ],
  ['a dead delivery is not in the dead-letter topic', 'I8', ({ dead }) => void dead.splice(0, 1)],
  [
    'a group stands still',
    'I12',
    ({ lags }) => {
      at(lags, 1).committed = 2;
    },
  ],
  [
    'a group never committed',
    'I12',
    ({ lags }) => {
      at(lags, 0).committed = null;
    },
  ],
];
