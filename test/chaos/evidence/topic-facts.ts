import { createHash } from 'node:crypto';
import type { DeadFact, DeliveryFact, EventFact, OutcomeFact, RawFact, RejectedFact } from '../checker/facts.ts';
import { markersIn } from '../load/notifications.ts';
import { writerIdOf } from './decode-record.ts';
import type { TopicRecord } from './topic-records.ts';

type Decode = (name: string, value: Buffer) => unknown;

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const position = ({ topic, partition, offset }: TopicRecord) => ({ topic, partition, offset });

interface DecodedRaw {
  readonly notificationId: string;
  readonly source: string;
  readonly body: Buffer;
  readonly dedupeKey: string;
  readonly receivedAt: number;
  readonly disposition: string;
}

export function rawFact(record: TopicRecord, decode: Decode): RawFact {
  const raw = decode('switchboard.notifications.v1.RawNotification', record.value) as DecodedRaw;
  const { notificationId, source, dedupeKey, receivedAt, disposition } = raw;
  return { ...position(record), key: record.key, notificationId, source, bodyHash: hash(raw.body), dedupeKey, receivedAt, disposition };
}

interface DecodedEvent {
  readonly eventId: string;
  readonly raw: string;
  readonly source: string;
  readonly receivedAt: number;
  readonly tenantId: string | null;
  readonly conversationId: string | null;
  readonly callId?: string | null;
}

/** Ids, numbers and signed tags of routes are what differs from one notification of a kind to another. */
const VARIABLE = /\br1\.[\w-]+\.[\w-]+|[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|\d+/gi;

const shapeOf = (text: string): string => hash(Buffer.from(text.replace(VARIABLE, '#'))).slice(0, 16);

export function eventFact(record: TopicRecord, decode: Decode): EventFact {
  const [, name = ''] = /^urn:switchboard:([^:]+):/.exec(record.header('ce_dataschema')) ?? [];
  const event = decode(name, record.value) as DecodedEvent;
  const { eventId, raw, source, receivedAt, tenantId, conversationId, callId } = event;
  const text = JSON.stringify(event);
  return {
    ...position(record),
    key: record.key,
    eventId,
    type: record.header('ce_type'),
    raw,
    source,
    tenant: tenantId,
    receivedAt: Number(receivedAt),
    subjects: [conversationId, callId].filter((id) => typeof id === 'string'),
    markers: markersIn(text),
    shape: shapeOf(text),
    schema: writerIdOf(record.value),
    valueHash: hash(record.value),
  };
}

interface DecodedRejected {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly code: string;
}

export function rejectedFact(record: TopicRecord, decode: Decode): RejectedFact {
  const { topic, partition, offset, code } = decode('switchboard.notifications.v1.RejectedNotification', record.value) as DecodedRejected;
  return { ...position(record), raw: `${topic}-${partition}-${offset}`, code };
}

/** Headers that an attempt may change. */
const CHANGING = new Set([
  'sb_origin',
  'sb_attempt',
  'sb_deferrals',
  'sb_held_ms',
  'sb_install_version',
  'sb_last_code',
  'sb_last_status',
  'sb_failed_at',
]);

export function deliveryFact(record: TopicRecord): DeliveryFact {
  return {
    ...position(record),
    key: record.key,
    origin: record.header('sb_origin'),
    carried: hash(Buffer.from(JSON.stringify(record.headers().filter(([name]) => !CHANGING.has(name))))).slice(0, 16),
    deferrals: Number(record.header('sb_deferrals')),
    deliveryId: record.header('sb_delivery_id'),
    installId: record.header('sb_install_id'),
    eventId: record.header('ce_id'),
    run: record.header('sb_run'),
    attempts: Number(record.header('sb_attempt')),
    valueHash: record.valueHash,
  };
}

export function deadFact(record: TopicRecord): DeadFact {
  return { ...deliveryFact(record), code: record.header('sb_last_code') };
}

export function outcomeFact(record: TopicRecord, decode: Decode): OutcomeFact {
  const decoded = decode('switchboard.deliveries.v1.DeliveryAttempt', record.value) as Omit<OutcomeFact, keyof ReturnType<typeof position>>;
  const { startedAt, deliveryId, run, installId, attempt, outcome, terminal, code, deferrals, next, record: from } = decoded;
  return { ...position(record), startedAt, deliveryId, run, installId, attempt, outcome, terminal, code, deferrals, next, record: from };
}
