import { uuidV5 } from '../uuid-v5.ts';
import { append, at, type SeededFault, swapOffsets } from './mutations.ts';

/** From the request to its events, one fault for each stage and kind. */
export const faultsInNotifications: readonly SeededFault[] = [
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
  ['a notification was accepted twice and is stored once', 'I1', ({ sent }) => void sent.push({ ...at(sent, 0), status: 200 })],
  ['a raw record stands twice', 'I2', ({ raw }) => append(raw, at(raw, 0))],
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
      at(events, 3).shape = 'another';
    },
  ],
  [
    'an event holds the marker of another notification',
    'I3',
    ({ events }) => {
      at(events, 3).markers = ['chaos-1-999.'];
    },
  ],
  [
    'an event is about another conversation',
    'I3',
    ({ events }) => {
      at(events, 3).subjects = ['a:subject-9'];
    },
  ],
  [
    'an event names another source',
    'I3',
    ({ events }) => {
      at(events, 3).source = 'graph-calling';
    },
  ],
  [
    'an event was received at another time',
    'I3',
    ({ events }) => {
      at(events, 3).receivedAt += 1;
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
  [
    'two notifications get one key, and the second is rejected as a repetition',
    'I3',
    ({ raw, events, rejected }) => {
      at(raw, 4).dedupeKey = at(raw, 2).dedupeKey;
      events.splice(
        events.findIndex((event) => event.raw.endsWith('-4')),
        1,
      );
      append(rejected, { ...at(rejected, 0), raw: 'notifications.raw.v1-0-4' });
    },
  ],
  [
    'a repeated notification gets another key and becomes events again',
    'I3',
    ({ rejected, raw, events }) => {
      const last = at(raw, -1);
      last.dedupeKey = 'another';
      rejected.splice(0, 1);
      const event = at(events, 2);
      append(events, {
        ...event,
        ...{ raw: `notifications.raw.v1-0-${raw.length - 1}`, eventId: uuidV5('0', last.notificationId), receivedAt: last.receivedAt },
      });
    },
  ],
  [
    'a rejected record names another code',
    'I3',
    ({ rejected }) => {
      at(rejected, 0).code = 'ERR_NORMALIZE_SHAPE';
    },
  ],
  [
    'a rejected record names another raw record',
    'I3',
    ({ rejected }) => {
      at(rejected, 0).raw = 'notifications.raw.v1-0-3';
    },
  ],
  ['a raw record is rejected twice', 'I3', ({ rejected }) => append(rejected, at(rejected, 0))],
  ['a rejected record is deleted', 'I3', ({ rejected }) => void rejected.splice(0, 1)],
  [
    'events of a key are swapped',
    'I4',
    ({ events }) => {
      const [one, other] = events.filter(({ key, topic }) => key === 'bot-framework:subject-1' && topic === 'events.messaging.v1');
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
  [
    'an event has a key of its own',
    'I4',
    ({ events }) => {
      at(events, -1).key = 'another';
    },
  ],
  [
    'all events have one key',
    'I4',
    ({ events }) => {
      for (const event of events) event.key = 'one';
    },
  ],
  [
    'events of a conversation have wrong keys each and are swapped',
    'I4',
    ({ events }) => {
      const [one, other] = events.filter(({ key, topic }) => key === 'bot-framework:subject-1' && topic === 'events.messaging.v1');
      if (one === undefined || other === undefined) throw new Error('no two events');
      swapOffsets(one, other);
      one.key = 'one';
      other.key = 'other';
    },
  ],
  [
    'pending deliveries of a conversation are swapped',
    'I4',
    ({ pending }) => {
      const [one, other] = pending.filter(({ key }) => key === 'all:bot-framework:subject-1');
      if (one === undefined || other === undefined) throw new Error('no two deliveries');
      swapOffsets(one, other);
    },
  ],
  [
    'a pending delivery has a key of its own',
    'I4',
    ({ pending }) => {
      at(pending, 4).key = 'another';
    },
  ],
];
