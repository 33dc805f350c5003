import type { DeliveryFact, EventFact, Evidence } from './facts.ts';
import { groupBy, positionOf, type Verdict } from './verdict.ts';

/** A record, and what must have come before it. */
interface Follower {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  /** Its own name for a message. */
  readonly name: string;
  /** topic-partition-offset of what it was made of. */
  readonly cause: string;
}

/**
 * I4: events about one conversation or call, as the sender knows it, have one key and stand in one partition in the order of their raw
 * records; pending deliveries of an install stand in the order of these events.
 */
export function orderIsKept({ sent, raw, events, pending }: Evidence): Verdict {
  const violations: string[] = [];
  const sentOf = new Map(sent.map((request) => [request.bodyHash, request]));
  const subjects = new Map<string, string>();
  for (const record of raw) {
    const request = sentOf.get(record.bodyHash);
    if (request !== undefined) subjects.set(positionOf(record), `${request.source} ${request.subject}`);
  }
  const eventOf = new Map(events.map((event) => [event.eventId, event]));
  const ofSubject = groupBy(events, (event) => `${subjects.get(event.raw)} in ${event.topic}`);
  for (const { key, eventId, raw: position } of events) {
    const [, subject = ''] = subjects.get(position)?.split(' ') ?? [];
    if (!key.includes(subject)) violations.push(`event ${eventId} has the key ${key} and is about ${subject}`);
  }
  for (const [subject, group] of ofSubject) violations.push(...disorder(subject, group.map(asEvent)));
  const known = pending.flatMap((delivery) => asDelivery(delivery, eventOf.get(delivery.eventId)));
  const ofInstall = groupBy(known, ({ installId, event }) => `${subjects.get(event.raw)} in ${event.topic} for ${installId}`);
  for (const [subject, group] of ofInstall)
    violations.push(
      ...disorder(
        subject,
        group.map(({ follower }) => follower),
      ),
    );
  return { promise: 'I4 order per key is kept', checked: events.length + known.length, violations, figures: { keys: ofSubject.size } };
}

const asEvent = ({ topic, partition, offset, key, eventId, raw }: EventFact): Follower => ({
  ...{ topic, partition, offset, key },
  name: `event ${eventId}`,
  cause: raw,
});

function asDelivery(delivery: DeliveryFact, event: EventFact | undefined) {
  if (event === undefined) return [];
  const { topic, partition, offset, key, deliveryId, installId } = delivery;
  const follower: Follower = { topic, partition, offset, key, name: `delivery ${deliveryId}`, cause: positionOf(event) };
  return [{ installId, event, follower }];
}

function disorder(subject: string, group: readonly Follower[]): string[] {
  const problems: string[] = [];
  const keys = new Set(group.map(({ key }) => key));
  if (keys.size > 1) problems.push(`${subject} has the keys ${[...keys].join(', ')}`);
  if (new Set(group.map(({ partition }) => partition)).size > 1) problems.push(`${subject} stands in more than one partition`);
  const highest = new Map<string, number>();
  for (const { name, cause } of group.toSorted((one, other) => one.partition - other.partition || one.offset - other.offset)) {
    const [, place = '', text = ''] = /^(.*)-(\d+)$/.exec(cause) ?? [];
    const offset = Number(text);
    const before = highest.get(place) ?? -1;
    if (offset < before) problems.push(`${name} of ${subject} stands behind what came of a later record`);
    highest.set(place, Math.max(before, offset));
  }
  if (highest.size > 1) problems.push(`${subject} came from more than one partition`);
  return problems;
}
