/** One Kafka topic: the single place where its name and settings stand. */
export interface Topic {
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
  /** Milliseconds; -1 keeps for ever. */
  readonly retentionMs: number;
  readonly key: string;
  readonly value: string;
}

const DAY_MS = 86_400_000;
const FOR_EVER = -1;

function topic(name: string, key: string, value: string, settings: Partial<Topic> = {}): Topic {
  return { name, partitions: 12, cleanup: 'delete', retentionMs: FOR_EVER, key, value, ...settings };
}

const DELIVERY_KEY = 'install id and conversation or call id';

export const topics = {
  raw: topic('notifications.raw.v1', 'routing key', 'RawNotification'),
  rejected: topic('notifications.rejected.v1', 'routing key', 'RejectedNotification'),
  messaging: topic('events.messaging.v1', 'conversation id', 'one record type per event type'),
  conversation: topic('events.conversation.v1', 'conversation id', 'one record type per event type'),
  calling: topic('events.calling.v1', 'call id', 'one record type per event type'),
  installs: topic('app-installs.v1', 'install id', 'AppInstall', { cleanup: 'compact' }),
  pending: topic('deliveries.pending.v1', DELIVERY_KEY, 'the event, unchanged', { retentionMs: 30 * DAY_MS }),
  retry1: topic('deliveries.retry.1.v1', DELIVERY_KEY, 'the event, unchanged', { retentionMs: 30 * DAY_MS }),
  retry2: topic('deliveries.retry.2.v1', DELIVERY_KEY, 'the event, unchanged', { retentionMs: 30 * DAY_MS }),
  retry3: topic('deliveries.retry.3.v1', DELIVERY_KEY, 'the event, unchanged', { retentionMs: 30 * DAY_MS }),
  retry4: topic('deliveries.retry.4.v1', DELIVERY_KEY, 'the event, unchanged', { retentionMs: 30 * DAY_MS }),
  retry5: topic('deliveries.retry.5.v1', DELIVERY_KEY, 'the event, unchanged', { retentionMs: 30 * DAY_MS }),
  replay: topic('deliveries.replay.v1', DELIVERY_KEY, 'the event, unchanged', { retentionMs: 30 * DAY_MS }),
  dead: topic('deliveries.dead.v1', DELIVERY_KEY, 'the event, unchanged'),
  outcomes: topic('deliveries.outcomes.v1', 'delivery id', 'DeliveryAttempt', { retentionMs: 30 * DAY_MS }),
  replays: topic('replays.v1', 'replay id', 'Replay', { cleanup: 'compact' }),
  audit: topic('audit.v1', 'kind and id of the target', 'AuditRecord'),
  replies: topic('replies.v1', 'notification id', 'Reply', { partitions: 1, retentionMs: 3_600_000 }),
} as const satisfies Record<string, Topic>;

/** Retry topics in order: attempt n that failed goes to the n-th. */
export const retryTopics: readonly Topic[] = [topics.retry1, topics.retry2, topics.retry3, topics.retry4, topics.retry5];

/** Topics that carry normalized events. */
export const eventTopics: readonly Topic[] = [topics.messaging, topics.conversation, topics.calling];
