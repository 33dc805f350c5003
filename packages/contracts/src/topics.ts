/** Topics whose retention operators set together: one `RETENTION_…` variable each. */
export type RetentionClass = 'raw' | 'rejected' | 'events' | 'dead' | 'outcomes';

/** One Kafka topic: the single place that declares its name and settings. */
export interface Topic {
  /** Without TOPIC_PREFIX, which the Kafka log adds: a process knows its topics, groups and transactional ids without it. */
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
  /** Milliseconds; -1: no expiry. */
  readonly retentionMs: number;
  /** Set where operators may choose the retention. */
  readonly retention?: RetentionClass;
  /** The retention without such a choice, where one was made: what releases set that did not record yet what they set. */
  readonly defaultRetentionMs?: number;
  readonly key: string;
  readonly value: string;
}

const DAY_MS = 86_400_000;
const NO_EXPIRY = -1;

function topic(name: string, key: string, value: string, settings: Partial<Topic> = {}): Topic {
  return { name, partitions: 12, cleanup: 'delete', retentionMs: NO_EXPIRY, key, value, ...settings };
}

const DELIVERY_KEY = 'install id and conversation or call id';
const ANY_EVENT = 'one record type per event type';

/** The value of a topic that passes the bytes of events on. */
export const EVENT_UNCHANGED = 'the event, unchanged';

export const topics = {
  raw: topic('notifications.raw.v1', 'routing key', 'RawNotification', { retention: 'raw' }),
  rejected: topic('notifications.rejected.v1', 'routing key', 'RejectedNotification', { retention: 'rejected' }),
  messaging: topic('events.messaging.v1', 'conversation id', ANY_EVENT, { retention: 'events' }),
  conversation: topic('events.conversation.v1', 'conversation id', ANY_EVENT, { retention: 'events' }),
  calling: topic('events.calling.v1', 'call id', ANY_EVENT, { retention: 'events' }),
  installs: topic('app-installs.v1', 'install id', 'AppInstall', { cleanup: 'compact' }),
  pending: topic('deliveries.pending.v1', DELIVERY_KEY, EVENT_UNCHANGED, { retentionMs: 30 * DAY_MS }),
  retry1: topic('deliveries.retry.1.v1', DELIVERY_KEY, EVENT_UNCHANGED, { retentionMs: 30 * DAY_MS }),
  retry2: topic('deliveries.retry.2.v1', DELIVERY_KEY, EVENT_UNCHANGED, { retentionMs: 30 * DAY_MS }),
  retry3: topic('deliveries.retry.3.v1', DELIVERY_KEY, EVENT_UNCHANGED, { retentionMs: 30 * DAY_MS }),
  retry4: topic('deliveries.retry.4.v1', DELIVERY_KEY, EVENT_UNCHANGED, { retentionMs: 30 * DAY_MS }),
  retry5: topic('deliveries.retry.5.v1', DELIVERY_KEY, EVENT_UNCHANGED, { retentionMs: 30 * DAY_MS }),
  replay: topic('deliveries.replay.v1', DELIVERY_KEY, EVENT_UNCHANGED, { retentionMs: 30 * DAY_MS }),
  dead: topic('deliveries.dead.v1', DELIVERY_KEY, EVENT_UNCHANGED, { retention: 'dead' }),
  outcomes: topic('deliveries.outcomes.v1', 'delivery id', 'DeliveryAttempt', { retentionMs: 30 * DAY_MS, retention: 'outcomes' }),
  replays: topic('replays.v1', 'replay id', 'Replay', { cleanup: 'compact' }),
  audit: topic('audit.v1', 'kind and id of the target', 'AuditRecord'),
  settings: topic('topic-settings.v1', 'topic', 'TopicSettings', { cleanup: 'compact', partitions: 1 }),
  replies: topic('replies.v1', 'notification id', 'Reply', { partitions: 1, retentionMs: 3_600_000 }),
} as const satisfies Record<string, Topic>;

/** Retry topics in order: attempt n that failed goes to the n-th. */
export const retryTopics: readonly Topic[] = [topics.retry1, topics.retry2, topics.retry3, topics.retry4, topics.retry5];

/** Topics that carry normalized events. */
export const eventTopics: readonly Topic[] = [topics.messaging, topics.conversation, topics.calling];

/** Retention by class, milliseconds; -1: no expiry. */
export type Retention = Readonly<Record<RetentionClass, number>>;

/** Every topic, with the retention that an operator chose. */
export function topicsWith(retention: Retention): readonly Topic[] {
  const all: readonly Topic[] = Object.values(topics);
  return all.map((one) => {
    if (one.retention === undefined) return one;
    return { ...one, retentionMs: retention[one.retention], defaultRetentionMs: one.retentionMs };
  });
}
