import { describe, expect, it } from 'vitest';
import { check } from './check.ts';
import type { Evidence } from './facts.ts';
import { soundEvidence } from './testing/sound-evidence.ts';
import { uuidV5 } from './uuid-v5.ts';

type Mutable<Value> = Value extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : Value extends object
    ? { -readonly [Key in keyof Value]: Mutable<Value[Key]> }
    : Value;
type MutableEvidence = Mutable<Evidence>;

function at<Item>(items: Item[], index: number): Item {
  const item = items.at(index);
  if (item === undefined) throw new Error(`nothing at ${index}`);
  return item;
}

/** Adds a copy of an item, changed, at the end of its partition. */
function append<Item extends { offset: number }>(items: Item[], item: Item): void {
  items.push({ ...item, offset: Math.max(...items.map(({ offset }) => offset)) + 1 });
}

const swapOffsets = (one: { offset: number }, other: { offset: number }): void => {
  [one.offset, other.offset] = [other.offset, one.offset];
};

/** One fault for each stage and kind, and the promise that must be found broken. */
const faults: readonly (readonly [name: string, promise: string, seed: (evidence: MutableEvidence) => void])[] = [
  ['an accepted request is not stored', 'I1', ({ raw }) => void raw.splice(9, 1)],
  [
    'an accepted request is stored under another source',
    'I1',
    ({ raw }) => {
      at(raw, 2).source = 'ucwa';
    },
  ],
  [
    'a raw record holds other bytes than were sent',
    'I1',
    ({ raw }) => {
      at(raw, 4).bodyHash = 'ab'.repeat(32);
    },
  ],
  ['a raw record comes from nowhere', 'I2', ({ raw }) => append(raw, { ...at(raw, 0), bodyHash: 'cd'.repeat(32), dedupeKey: 'foreign' })],
  [
    'a request that was refused is stored',
    'I2',
    ({ sent }) => {
      at(sent, 3).status = 401;
    },
  ],
  ['an event is deleted', 'I3', ({ events }) => void events.splice(5, 1)],
  [
    'all events of a raw record are deleted',
    'I3',
    ({ events }) =>
      void events.splice(
        events.findIndex(({ raw }) => raw.endsWith('-4')),
        1,
      ),
  ],
  ['an event stands twice', 'I3', ({ events }) => append(events, at(events, 3))],
  [
    'an event was altered',
    'I3',
    ({ events }) => {
      at(events, 3).text = '{"text":"something else"}';
    },
  ],
  [
    'an event has another type',
    'I3',
    ({ events }) => {
      at(events, 3).type = 'cqm.ExConversationChangeNotification';
    },
  ],
  [
    'an event has a random id',
    'I3',
    ({ events }) => {
      at(events, 3).eventId = '00000000-0000-4000-8000-000000000000';
    },
  ],
  [
    'an event names a raw record that does not exist',
    'I3',
    ({ events }) => {
      at(events, 3).raw = 'notifications.raw.v1-0-999';
    },
  ],
  [
    'a raw record is rejected that was sound',
    'I3',
    ({ rejected }) => void rejected.push({ ...at(rejected, 0), offset: 1, raw: 'notifications.raw.v1-0-2', code: 'ERR_NORMALIZE_SHAPE' }),
  ],
  [
    'a repeated notification becomes events again',
    'I3',
    ({ rejected, raw, events }) => {
      rejected.splice(0, 1);
      append(events, {
        ...at(events, 2),
        raw: `notifications.raw.v1-0-${raw.length - 1}`,
        eventId: uuidV5('0', at(raw, -1).notificationId),
      });
    },
  ],
  [
    'a notification is rejected as the repetition of one that occurred too long ago',
    'I3',
    ({ raw }) => {
      at(raw, -1).receivedAt = 700_000;
    },
  ],
  [
    'a redirected notification becomes an event',
    'I3',
    ({ rejected, raw, events }) => {
      const { offset, notificationId } = at(raw, 11);
      rejected.splice(1, 1);
      append(events, { ...at(events, 2), raw: `notifications.raw.v1-0-${offset}`, eventId: uuidV5('0', notificationId) });
    },
  ],
  [
    'the first of its key is rejected as a duplicate',
    'I3',
    ({ rejected, events }) => {
      events.splice(
        events.findIndex(({ raw }) => raw.endsWith('-2')),
        1,
      );
      rejected.push({ ...at(rejected, 0), offset: 1, raw: 'notifications.raw.v1-0-2' });
    },
  ],
  ['a raw record is rejected twice', 'I3', ({ rejected }) => append(rejected, at(rejected, 0))],
  ['a rejected record is deleted', 'I3', ({ rejected }) => void rejected.splice(0, 1)],
  [
    'events of a key are swapped',
    'I4',
    ({ events }) => {
      const [one, other] = events.filter(({ key, topic }) => key === 'conversation-1' && topic === 'events.messaging.v1');
      if (one !== undefined && other !== undefined) swapOffsets(one, other);
    },
  ],
  [
    'an event of a key stands in another partition',
    'I4',
    ({ events }) => {
      at(events, -1).partition = 7;
    },
  ],
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

const broken = (evidence: Evidence): string[] =>
  check(evidence).flatMap(({ promise, violations }) => (violations.length > 0 ? [promise.split(' ')[0] ?? ''] : []));

describe('checker', () => {
  it('finds nothing wrong with a sound run', () => {
    expect(check(soundEvidence()).flatMap(({ violations }) => violations)).toEqual([]);
  });

  it('has at least 20 seeded faults', () => expect(faults.length).toBeGreaterThanOrEqual(20));

  it.each(faults)('finds that %s', (_name, promise, seed) => {
    const evidence = structuredClone(soundEvidence()) as MutableEvidence;
    seed(evidence);
    expect(broken(evidence)).toContain(promise);
  });

  it('allows one more request a handover, and no second more', () => {
    const evidence = soundEvidence();
    const last = evidence.received.at(-1);
    if (last === undefined) throw new Error('no request');
    expect(broken({ ...evidence, deliveryHandovers: 1, received: [...evidence.received, last, last] })).toEqual([]);
    expect(broken({ ...evidence, deliveryHandovers: 1, received: [...evidence.received, last, last, last] })).toEqual(['I6']);
  });

  it('promises nothing for a request without an answer, stored or not', () => {
    const evidence = soundEvidence();
    expect(
      broken({ ...evidence, sent: evidence.sent.map((request, index) => (index === 11 ? { ...request, status: 503 } : request)) }),
    ).toEqual([]);
  });

  it('asks for no request of an attempt that failed before one arrived', () => {
    const evidence = soundEvidence();
    const [dead] = evidence.dead;
    const outcomes = evidence.outcomes.map((outcome) =>
      outcome.deliveryId === dead?.deliveryId ? { ...outcome, code: 'ERR_ATTEMPT_TIMEOUT' } : outcome,
    );
    const received = evidence.received.filter(({ webhookId }) => webhookId !== dead?.deliveryId);
    expect(broken({ ...evidence, outcomes, received })).toEqual([]);
  });

  it('excuses a dead delivery that was refused its address', () => {
    const evidence = soundEvidence();
    const dead = evidence.dead.map((delivery) => ({ ...delivery, attempts: 1, code: 'ERR_ATTEMPT_ADDRESS_REFUSED' }));
    expect(broken({ ...evidence, dead })).toEqual([]);
  });

  it('does not take what is still on its way for lost while the run is in motion', () => {
    const evidence = soundEvidence();
    const moving = {
      ...evidence,
      atRest: false,
      lags: [],
      outcomes: evidence.outcomes.slice(0, -3),
      received: evidence.received.slice(0, -3),
      rejected: [],
    };
    expect(broken(moving)).toEqual([]);
  });
});
