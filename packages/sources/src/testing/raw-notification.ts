import type { EventDraft, RawNotification } from '@switchboard/contracts';
import type { Json, NormalizeOutcome } from '@switchboard/source-kit';

export const receivedAt = Date.parse('2024-05-14T08:30:00.000Z');

/** A raw record as the ingress would store it for the body. */
export function rawOf(body: Json | Buffer, overrides: Partial<RawNotification> = {}): RawNotification {
  return {
    notificationId: '018f7652-3a40-7000-8000-000000000001',
    source: 'under-test',
    app: 'contoso',
    method: 'POST',
    pathParameters: {},
    query: '',
    headers: {},
    receivedAt,
    principal: { scheme: 'bearer', issuer: null, subject: null, tenantId: null, keyId: null },
    body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
    routingKey: 'routing-key',
    dedupeKey: 'dedupe-key',
    disposition: 'accepted',
    answer: { status: 200, location: null, callbackContext: null, callbackUri: null },
    replyBy: null,
    ...overrides,
  };
}

/** The events of an outcome; fails the test with the outcome when there are none. */
export function eventsOf(outcome: NormalizeOutcome): readonly EventDraft[] {
  if (outcome.kind !== 'events') throw new Error(`expected events, got ${JSON.stringify(outcome)}`);
  return outcome.events;
}

/** The one event of an outcome, loosely typed, so that a test can name any member. */
export function eventOf(outcome: NormalizeOutcome): { readonly type: string; readonly record: Readonly<Record<string, unknown>> } {
  const events = eventsOf(outcome);
  if (events.length !== 1 || events[0] === undefined) throw new Error(`expected one event, got ${events.length}`);
  return events[0];
}

/** The extensions of an event, parsed. */
export function extensionsOf(event: { readonly record: object }): Readonly<Record<string, unknown>> {
  return JSON.parse(String((event.record as Readonly<Record<string, unknown>>).extensions)) as Readonly<Record<string, unknown>>;
}
