import { type AnyEvent, createOfflineCodec, type DeliveryAttempt, deliveryIdOf, type RawNotification } from '@switchboard/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTracing, readTrace, type Trace } from './trace.ts';

const body = Buffer.from('{"hello":1}');
const notification = { source: 'ucwa', body } as RawNotification;
const stored: Trace = { kind: 'stored', notification, position: 'notifications.raw.v1-1-7' };
const event = (eventId: string): Trace => ({
  kind: 'event',
  event: { type: 'cqm.ExConversationChangeNotification', record: { eventId, raw: stored.position } } as AnyEvent,
});
const attempt = (eventId: string, installId: string, number: number, terminal: boolean): Trace => ({
  kind: 'attempt',
  attempt: { deliveryId: deliveryIdOf(eventId, installId), attempt: number, terminal } as DeliveryAttempt,
});
const first = '3f2b8c1e-6f0a-5b7e-9c1d-2a4e6f8b0c1d';
const second = '4f2b8c1e-6f0a-5b7e-9c1d-2a4e6f8b0c1d';
const all: readonly Trace[] = [
  stored,
  event(first),
  event(second),
  attempt(first, 'a', 1, false),
  attempt(first, 'a', 2, true),
  attempt(second, 'a', 1, true),
];
/** What must have been read before a notification is at its end: every event and the last attempt of every delivery. */
const needed = all.filter((trace) => trace.kind !== 'attempt' || trace.attempt.terminal);

const tracing = () => createTracing({ source: 'ucwa', body, eventsOf: () => 2, installsOf: () => [{ installId: 'a' }] });

describe('tracing', () => {
  it('gives every trace of a notification once, in whatever order and portions they are read', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...all], { minLength: all.length }), fc.integer({ min: 1, max: 6 }), (shuffled, portion) => {
        const follow = tracing();
        const read: Trace[] = [];
        const picked: Trace[] = [];
        for (let at = 0; at < shuffled.length; at += portion) {
          read.push(...shuffled.slice(at, at + portion));
          picked.push(...follow.pick(read));
          expect(follow.complete()).toBe(needed.every((trace) => read.includes(trace)));
        }
        expect(follow.complete()).toBe(true);
        expect(new Set(picked)).toEqual(new Set(all));
        expect(picked).toHaveLength(all.length);
        expect(picked[0]).toBe(stored);
      }),
    );
  });

  it('marks a second end of a delivery as a duplicate', () => {
    const follow = tracing();
    const end = attempt(first, 'a', 1, true);
    const again = attempt(first, 'a', 1, true);
    expect(follow.pick([stored, event(first), end, again])).toEqual([stored, event(first), end, { ...again, duplicate: true }]);
  });

  it('takes nothing of another notification', () => {
    const follow = tracing();
    const other: Trace = { ...stored, notification: { ...notification, body: Buffer.from('{}') } };
    expect(follow.pick([other, event(first), attempt(first, 'a', 1, true)])).toEqual([]);
  });

  it('is complete when the notification is rejected, or when no install takes its events', () => {
    const rejecting = tracing();
    rejecting.pick([stored, { kind: 'rejected', rejected: { topic: 'notifications.raw.v1', partition: 1, offset: 7 } as never }]);
    expect(rejecting.complete()).toBe(true);
    const unheard = createTracing({ source: 'ucwa', body, eventsOf: () => 1, installsOf: () => [] });
    unheard.pick([stored, event(first)]);
    expect(unheard.complete()).toBe(true);
  });

  it('reads a decoded raw record as where the notification is stored', () => {
    const codec = createOfflineCodec();
    const record = { topic: 'replies.v1', partition: 0, offset: 1n, timestamp: 0, key: null, value: null, headers: [] };
    const reply = codec.decodeAny(
      codec.encode('switchboard.replies.v1.Reply', { notificationId: 'n', author: 'a', activity: '{}', createdAt: 1 }),
    );
    expect(readTrace(record, reply)).toBeUndefined();
    const raw = { name: 'switchboard.notifications.v1.RawNotification', value: notification } as const;
    expect(readTrace({ ...record, topic: 'notifications.raw.v1', partition: 1, offset: 7n }, raw)).toEqual(stored);
  });
});
