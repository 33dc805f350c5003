import { type ContentEventInput, eventHeaders, type OutEvent, topics, uuidv7 } from '@switchboard/contracts';
import type { OutRecord } from '@switchboard/event-log';
import type { BenchStack } from './bench-stack.ts';
import { CONTENT } from './installs.ts';

export interface EventPlan {
  readonly tenant: string;
  /** Conversation of the event: its key. */
  readonly conversation: string;
  /** By the key unless given. */
  readonly partition?: number;
}

const TEXT = 'x'.repeat(300);

/** A text message as the normalizer writes it, with its own id. */
export function eventRecord({ codec }: BenchStack, { tenant, conversation, partition }: EventPlan): OutRecord {
  const now = Date.now();
  const record: ContentEventInput = {
    eventId: uuidv7(),
    occurredAt: now,
    receivedAt: now,
    app: 'contoso-bot',
    source: 'bot-framework',
    tenantId: tenant,
    conversationId: conversation,
    raw: 'notifications.raw.v1-0-1',
    extensions: '{}',
    message: TEXT,
  };
  const event: OutEvent = { type: CONTENT, record, topic: topics.messaging.name, key: conversation, notificationId: uuidv7() };
  return {
    topic: topics.messaging.name,
    key: Buffer.from(conversation),
    value: codec.encode('switchboard.messaging.v1.ContentEvent', record),
    headers: eventHeaders(event, codec),
    ...(partition === undefined ? {} : { partition }),
  };
}
