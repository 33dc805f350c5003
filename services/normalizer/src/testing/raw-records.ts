import { createOfflineCodec, type RecordInputs, topics } from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';

export const codec = createOfflineCodec();
export const RAW = 'switchboard.notifications.v1.RawNotification';
export const RECEIVED_AT = 1_764_000_000_000;

export type RawInput = RecordInputs[typeof RAW];

/** A notification of the conversation `conversation-1` under the dedupe key `key-1`, but for the changes. */
export function rawInput(changes: Partial<RawInput> = {}): RawInput {
  return {
    notificationId: '019a0000-0000-7000-8000-000000000001',
    source: 'example',
    app: 'contoso-bot',
    method: 'POST',
    pathParameters: {},
    query: '',
    headers: {},
    receivedAt: RECEIVED_AT,
    principal: { scheme: 'bearer', issuer: null, subject: null, tenantId: null, keyId: null },
    body: Buffer.from('{}'),
    routingKey: 'conversation-1',
    dedupeKey: 'key-1',
    disposition: 'accepted',
    answer: { status: 200, location: null, callbackContext: null, callbackUri: null },
    ...changes,
  };
}

/** A record of partition 3 of the raw topic. */
export function recordOf(offset: number, value: Buffer | null, timestamp = RECEIVED_AT): LogRecord {
  return {
    topic: topics.raw.name,
    partition: 3,
    offset: BigInt(offset),
    timestamp,
    key: Buffer.from('conversation-1'),
    value,
    headers: [['traceparent', Buffer.from('00-aa-bb-01')]],
  };
}

export const rawRecord = (offset: number, changes: Partial<RawInput> = {}): LogRecord =>
  recordOf(offset, codec.encode(RAW, rawInput(changes)));
