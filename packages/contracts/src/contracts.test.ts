import fc from 'fast-check';
import { validate, version } from 'uuid';
import { describe, expect, it } from 'vitest';
import { deliveryHeaders } from './delivery-headers.ts';
import { eventHeaders, readEventSource } from './event-headers.ts';
import { completeEvents, type EventDraft } from './events.ts';
import type { RawNotification } from './generated/records.ts';
import { headerText, textHeader } from './headers.ts';
import { deliveryIdOf, uuidv7 } from './ids.ts';
import { createOfflineCodec } from './offline-codec.ts';
import { assertFullyCompatible } from './schema-compatibility.ts';
import { recordsOf } from './topic-subjects.ts';
import { topics, topicsWith } from './topics.ts';

const record = (fields: readonly object[]) => ({ type: 'record', namespace: 'example.v1', name: 'Thing', fields });
const id = { name: 'id', type: 'string' };

describe('schema compatibility', () => {
  it('admits a new member with a default', () => {
    expect(() =>
      assertFullyCompatible(record([id, { name: 'note', type: ['null', 'string'], default: null }]), [record([id])]),
    ).not.toThrow();
  });

  it.each([
    ['a new member without a default', record([id, { name: 'note', type: 'string' }])],
    ['a member that changes its type', record([{ name: 'id', type: 'long' }])],
    ['a member without a default that is gone', record([])],
  ])('refuses %s', (_name, changed) => {
    expect(() => assertFullyCompatible(changed, [record([id])])).toThrow(/example\.v1\.Thing .* version 1/);
  });

  it('looks at every earlier version, not at the last alone', () => {
    const versions = [record([id]), record([id, { name: 'n', type: 'int', default: 0 }]), record([id])];
    expect(() => assertFullyCompatible(record([id, { name: 'n', type: 'string', default: '' }]), versions)).toThrow(/version 2/);
  });
});

const raw: RawNotification = {
  notificationId: '019a0000-0000-7000-8000-000000000001',
  source: 'ucwa',
  app: 'litware hook',
  method: 'POST',
  pathParameters: {},
  query: '',
  headers: {},
  receivedAt: 1_764_000_000_000,
  principal: { scheme: 'bearer', issuer: null, subject: null, tenantId: null, keyId: null },
  body: Buffer.from('{}'),
  routingKey: 'conversation-1',
  dedupeKey: 'k',
  disposition: 'accepted',
  answer: { status: 200, location: null, callbackContext: null, callbackUri: null },
  replyBy: null,
};
const typing: EventDraft = {
  type: 'ms.MessagingEventNotification.ChatStateEvent',
  record: { occurredAt: 1_763_999_999_000, conversationId: 'conversation-2', chatState: 'COMPOSING', extensions: '{}' },
};
const position = { topic: 'notifications.raw.v1', partition: 3, offset: 42n };

describe('events of a raw record', () => {
  it('get the same ids every time, each its own', () => {
    const first = completeEvents(raw, position, [typing, typing]);
    expect(completeEvents(raw, position, [typing, typing])).toEqual(first);
    expect(first[0]?.record.eventId).not.toBe(first[1]?.record.eventId);
    expect(first[0]?.record.raw).toBe('notifications.raw.v1-3-42');
  });

  it('are keyed by their own conversation, else by the routing key', () => {
    const { conversationId: _, ...without } = typing.record as { conversationId?: string };
    const [own, routed] = completeEvents(raw, position, [typing, { ...typing, record: without } as EventDraft]);
    expect([own?.key, routed?.key]).toEqual(['conversation-2', 'conversation-1']);
  });

  it('hold their type and the notification, which connectors that drop headers still pass on', () => {
    const [event] = completeEvents(raw, position, [typing]);
    expect(event?.record).toMatchObject({ eventType: typing.type, notificationId: raw.notificationId });
    expect(event?.notificationId).toBe(raw.notificationId);
  });

  it('name their tenant in a header where it is known, and have no such header where it is not', () => {
    const drafts = ['tenant-1', null].map((tenantId) => ({ ...typing, record: { ...typing.record, tenantId } }) as EventDraft);
    const headers = completeEvents(raw, position, drafts).map((event) => eventHeaders(event, createOfflineCodec()));
    expect(headers.map((each) => headerText(each, 'ce_tenantid'))).toEqual(['tenant-1', undefined]);
  });

  it('say in ce_source which source and app they have, for any name of the app', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (app) => {
        const [event] = completeEvents({ ...raw, app }, position, [typing]);
        if (event === undefined) throw new Error('no event');
        const text = headerText(eventHeaders(event, createOfflineCodec()), 'ce_source') ?? '';
        expect(readEventSource(text)).toEqual({ source: 'ucwa', app });
      }),
    );
  });

  it.each(['', '/', '/ucwa', 'ucwa/app', '/ucwa/app/more', '/ucwa/%E0%A4%A'])('read no source and app from a ce_source %j', (text) => {
    expect(readEventSource(text)).toBeUndefined();
  });

  it('carry the CloudEvents headers', () => {
    const [event] = completeEvents(raw, position, [typing]);
    if (event === undefined) throw new Error('no event');
    const headers = eventHeaders(event, createOfflineCodec(), { traceparent: '00-a-b-01' });
    expect(headerText(headers, 'ce_type')).toBe('ms.MessagingEventNotification.ChatStateEvent');
    expect(headerText(headers, 'ce_source')).toBe('/ucwa/litware%20hook');
    expect(headerText(headers, 'ce_subject')).toBe('conversation-2');
    expect(headerText(headers, 'ce_time')).toBe('2025-11-24T15:59:59.000Z');
    expect(headerText(headers, 'ce_dataschema')).toMatch(/^urn:switchboard:switchboard\.messaging\.v1\.ChatStateEvent:[0-9a-f]{16}$/);
    expect(headerText(headers, 'traceparent')).toBe('00-a-b-01');
  });
});

describe('delivery headers', () => {
  const state = { deliveryId: 'd', installId: 'i', installVersion: 3, attempts: 2, deferrals: 1, run: '0', firstAt: 5, bodyVersion: 1 };

  it('are read back, replace what was there and keep the others', () => {
    expect(deliveryHeaders.read(deliveryHeaders.write([], { ...state, heldMs: 7 }))).toEqual({ ...state, heldMs: 7 });
    const once = deliveryHeaders.write([textHeader('ce_id', 'e')], state);
    const twice = deliveryHeaders.write(once, { ...state, attempts: 3 }, { code: 'ERR_ATTEMPT_STATUS', status: 500, failedAt: 9 });
    expect(deliveryHeaders.read(twice)).toEqual({ ...state, attempts: 3 });
    expect(twice.filter(([name]) => name === 'sb_attempt')).toHaveLength(1);
    expect(headerText(twice, 'ce_id')).toBe('e');
    expect(headerText(twice, 'sb_last_status')).toBe('500');
  });

  it.each(['sb_attempt', 'sb_delivery_id', 'sb_first_at'])('are not a state without %s', (missing) => {
    expect(deliveryHeaders.read(deliveryHeaders.write([], state).filter(([name]) => name !== missing))).toBeUndefined();
  });

  it('are not a state when a number is none', () => {
    expect(deliveryHeaders.read([textHeader('sb_attempt', '-1'), ...deliveryHeaders.write([], state)])).toBeUndefined();
  });
});

describe('ids', () => {
  it('of a delivery depend on event and install alone', () => {
    const event = '3f2b8c1e-6f0a-5b7e-9c1d-2a4e6f8b0c1d';
    expect(deliveryIdOf(event, 'install-a')).toBe(deliveryIdOf(event, 'install-a'));
    expect(deliveryIdOf(event, 'install-a')).not.toBe(deliveryIdOf(event, 'install-b'));
  });

  it('of notifications sort by time', () => {
    expect(uuidv7(1_000) < uuidv7(2_000)).toBe(true);
  });

  it('of a given time are version 7 and begin with its 48 bits, all other bits random', () => {
    const times = [0, 1, 1_764_000_000_123, 2 ** 48 - 1];
    for (const time of times) {
      const ids = Array.from({ length: 1_000 }, () => uuidv7(time));
      expect(ids.every((each) => validate(each) && version(each) === 7)).toBe(true);
      expect(new Set(ids.map((each) => Number.parseInt(each.replaceAll('-', '').slice(0, 12), 16)))).toEqual(new Set([time]));
      const bits = ids.map((each) => BigInt(`0x${each.replaceAll('-', '')}`));
      const always = bits.reduce((all, each) => all & each) & (2n ** 80n - 1n);
      const never = ~bits.reduce((any, each) => any | each) & (2n ** 80n - 1n);
      expect([always.toString(16), never.toString(16)]).toEqual(['70008000000000000000', '80004000000000000000']);
    }
  });

  it('of notifications of one millisecond differ', () => {
    const ids = Array.from({ length: 5_000 }, () => uuidv7(1_000));
    expect(new Set(ids).size).toBe(5_000);
    expect(ids.every((id) => /^00000000-03e8-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(true);
  });
});

describe('topics', () => {
  it('have names that leave room for the longest TOPIC_PREFIX', () => {
    const longest = Math.max(...Object.values(topics).map(({ name }) => name.length));
    expect(100 + longest).toBeLessThanOrEqual(249);
  });

  it('take the retention of their class, and remember the one without', () => {
    const all = topicsWith({ raw: 1, rejected: 2, events: 3, dead: 4, outcomes: 5 });
    const kept = new Map(all.map(({ name, retentionMs, defaultRetentionMs }) => [name, [retentionMs, defaultRetentionMs]]));
    expect(kept.get(topics.raw.name)).toEqual([1, -1]);
    expect(kept.get(topics.calling.name)).toEqual([3, -1]);
    expect(kept.get(topics.outcomes.name)).toEqual([5, 2_592_000_000]);
    expect(kept.get(topics.pending.name)).toEqual([2_592_000_000, undefined]);
  });

  it.each(Object.values(topics))('$name has the records that it may hold', (topic) => {
    const records = recordsOf(topic);
    expect(records.length).toBeGreaterThan(0);
    expect(records.length > 1).toBe(
      topic.name.startsWith('events.') || (topic.name.startsWith('deliveries.') && topic.name !== topics.outcomes.name),
    );
  });
});
