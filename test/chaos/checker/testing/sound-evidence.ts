import { createHash } from 'node:crypto';
import type { DeliveryFact, EventFact, Evidence, InstallFact, OutcomeFact, RawFact, ReceivedFact, SentFact } from '../facts.ts';
import { uuidV5 } from '../uuid-v5.ts';
import { positionOf } from '../verdict.ts';
import { at } from './mutations.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const CONTENT = 'ms.MessagingEventNotification.ContentEvent';
const CONVERSATION = 'cqm.ExConversationChangeNotification';
const RETRY = 'deliveries.retry.1.v1';
const REDIRECTED = 12;
/** Offset of the raw record whose event is of a tenant that five installs receive the events of, and no other. */
const LARGE = 5;
const LARGE_TENANT = 'large tenant';

const installs: readonly InstallFact[] = [
  { installId: 'all', webhooks: { [CONTENT]: 2, [CONVERSATION]: 0 } },
  { installId: 'content', webhooks: { [CONTENT]: 1 } },
  ...[1, 2, 3, 4, 5].map((number) => ({ installId: `large-${number}`, tenants: [LARGE_TENANT], webhooks: { [CONTENT]: 0 } })),
  { installId: 'other', tenants: ['another tenant'], webhooks: { [CONTENT]: 0 } },
];

/** Evidence of a small run in which every promise is kept: retries, a dead delivery, a duplicate, a redirect, unanswered requests. */
export function soundEvidence(): Evidence {
  const sent = requests();
  const raw = rawRecords(sent);
  const offsets = new Map<string, number>();
  const next = (topic: string): number => {
    const offset = offsets.get(topic) ?? 0;
    offsets.set(topic, offset + 1);
    return offset;
  };
  const repeated = raw.length - 1;
  const events = raw.slice(0, repeated).flatMap((record) => {
    const request = sent.find(({ bodyHash }) => bodyHash === record.bodyHash);
    return (request?.eventTypes ?? []).map((type, index) => {
      const topic = type === CONTENT ? 'events.messaging.v1' : 'events.conversation.v1';
      const eventId = uuidV5(String(index), record.notificationId);
      return {
        topic,
        partition: 0,
        offset: next(topic),
        key: record.key,
        eventId,
        type,
        raw: `notifications.raw.v1-0-${record.offset}`,
        source: record.source,
        tenant: record.offset === LARGE ? LARGE_TENANT : 'tenant',
        receivedAt: record.receivedAt,
        subjects: [`a:${request?.subject}`],
        markers: [request?.marker ?? ''],
        shape: hash(`shape of ${type}`),
        schema: 1,
        valueHash: hash(eventId),
      };
    });
  });
  const reject = (rawOffset: number, code: string) => ({
    topic: 'notifications.rejected.v1',
    partition: 0,
    offset: next('notifications.rejected.v1'),
    raw: `notifications.raw.v1-0-${rawOffset}`,
    code,
  });
  const rejected = [
    reject(repeated, 'ERR_NORMALIZE_DUPLICATE'),
    reject(
      raw.findIndex(({ disposition }) => disposition === 'redirected'),
      'ERR_NORMALIZE_REDIRECTED',
    ),
  ];
  const pending = events.flatMap((event) =>
    installs
      .filter(({ webhooks, tenants }) => webhooks[event.type] !== undefined && (tenants?.includes(event.tenant) ?? true))
      .map(({ installId }) => ({
        topic: 'deliveries.pending.v1',
        partition: 0,
        offset: next('deliveries.pending.v1'),
        key: `${installId}:${event.key}`,
        origin: '',
        carried: hash(`headers of ${installId} ${event.eventId}`),
        deferrals: 0,
        deliveryId: uuidV5(installId, event.eventId),
        installId,
        eventId: event.eventId,
        run: '0',
        attempts: 0,
        valueHash: event.valueHash,
      })),
  );
  const { received, outcomes, retries, dead } = attempts(pending, events, next);
  const end = (topic: string): number => offsets.get(topic) ?? 0;
  const lags = [
    { group: 'switchboard.normalizer', topic: 'notifications.raw.v1', partition: 0, committed: raw.length, end: raw.length },
    {
      group: 'switchboard.fan-out',
      topic: 'events.messaging.v1',
      partition: 0,
      committed: end('events.messaging.v1'),
      end: end('events.messaging.v1'),
    },
  ];
  return {
    sent,
    received,
    installs,
    raw,
    events,
    rejected,
    pending,
    retries,
    dead,
    outcomes,
    lags,
    handovers: [],
    mostInFlight: 10,
    atRest: true,
  };
}

/** Twelve notifications, one that is redirected, and one that was sent twice. */
function requests(): SentFact[] {
  const sent: SentFact[] = Array.from({ length: 12 }, (_, index) => ({
    marker: `chaos-1-${index}.`,
    source: index % 3 === 0 ? 'ucwa' : 'bot-framework',
    subject: `subject-${index % 4}`,
    bodyHash: hash(`body ${index}`),
    eventTypes: index % 3 === 0 ? [CONVERSATION, CONTENT] : [CONTENT],
    status: index === 10 ? 503 : index === 11 ? null : 200,
  }));
  sent.push({
    marker: 'chaos-1-12.',
    source: 'graph-calling',
    subject: 'subject-0',
    bodyHash: hash('body 12'),
    eventTypes: [],
    status: 302,
  });
  sent.push({ ...at(sent, 1), status: null });
  return sent;
}

function rawRecords(sent: readonly SentFact[]): RawFact[] {
  // Request 11 got no response and was stored all the same; request 10 was not stored. Request 1 was sent twice.
  const stored = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, REDIRECTED, 1];
  return stored.map((number, offset) => ({
    topic: 'notifications.raw.v1',
    partition: 0,
    offset,
    key: `${sent[number]?.source}:subject-${number % 4}`,
    notificationId: uuidV5(`notification ${offset}`, '6ba7b810-9dad-11d1-80b4-00c04fd430c8'),
    source: sent[number]?.source ?? '',
    bodyHash: sent[number]?.bodyHash ?? '',
    dedupeKey: `key ${number}`,
    receivedAt: offset * 1_000,
    disposition: number === REDIRECTED ? 'redirected' : 'accepted',
  }));
}

/** Attempts of all deliveries: one fails twice and is dead, one is delivered by its second attempt, all others by the first. */
function attempts(pending: readonly DeliveryFact[], events: readonly EventFact[], next: (topic: string) => number) {
  const received: ReceivedFact[] = [];
  const outcomes: OutcomeFact[] = [];
  const retries: DeliveryFact[] = [];
  const markerOf = (eventId: string): string => events.find((event) => event.eventId === eventId)?.markers[0] ?? '';
  const attempt = (delivery: DeliveryFact, number: number, status: number, outcome: string, terminal: boolean): void => {
    const { deliveryId, installId, eventId, run } = delivery;
    const at = received.length * 10;
    received.push({
      at,
      webhookId: deliveryId,
      bodyHash: hash(`webhook ${eventId}`),
      eventId,
      markers: [markerOf(eventId)],
      attempt: number,
      path: `/${installId}`,
      status,
    });
    const waited = retries.findLast((retry) => retry.deliveryId === deliveryId);
    const position = { topic: 'deliveries.outcomes.v1', partition: 0, offset: next('deliveries.outcomes.v1') };
    outcomes.push({
      ...position,
      startedAt: at,
      deliveryId,
      run,
      installId,
      attempt: number,
      outcome,
      terminal,
      code: status === 200 ? null : 'ERR_ATTEMPT_STATUS',
      deferrals: 0,
      next: outcome === 'failed' ? RETRY : null,
      record: positionOf(waited ?? delivery),
    });
    if (outcome !== 'failed') return;
    retries.push({ ...delivery, topic: RETRY, offset: next(RETRY), attempts: number, origin: positionOf(delivery) });
  };
  const dying = pending.find(({ installId }) => installId === 'content');
  const retried = pending.find(
    ({ installId, eventId }) => installId === 'all' && events.some((event) => event.eventId === eventId && event.type === CONTENT),
  );
  for (const delivery of pending) {
    if (delivery === dying) {
      attempt(delivery, 1, 500, 'failed', false);
      attempt(delivery, 2, 500, 'dead', true);
    } else {
      if (delivery === retried) attempt(delivery, 1, 503, 'failed', false);
      attempt(delivery, delivery === retried ? 2 : 1, 200, 'delivered', true);
    }
  }
  const dead =
    dying === undefined
      ? []
      : [{ ...dying, topic: 'deliveries.dead.v1', offset: 0, attempts: 2, origin: positionOf(dying), code: 'ERR_ATTEMPT_STATUS' }];
  return { received, outcomes, retries, dead };
}
