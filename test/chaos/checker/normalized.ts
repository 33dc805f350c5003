import type { EventFact, Evidence, RawFact, RejectedFact, SentFact } from './facts.ts';
import { uuidV5 } from './uuid-v5.ts';
import { groupBy, positionOf, type Verdict } from './verdict.ts';

const DUPLICATE = 'ERR_NORMALIZE_DUPLICATE';

/** I3: every raw record became its events, once, with its content, or one record in the rejected topic; never both, never silence. */
export function everyRawHasItsEvents({ sent, raw, events, rejected, atRest }: Evidence): Verdict {
  const eventsOf = groupBy(events, (event) => event.raw);
  const rejectedOf = groupBy(rejected, (record) => record.raw);
  const sentOf = new Map(sent.map((request) => [request.bodyHash, request]));
  const positions = new Map(raw.map((record) => [positionOf(record), record]));
  const earlierOf = firstByDedupeKey(raw);
  const violations: string[] = [];

  for (const [position, record] of positions) {
    const own = eventsOf.get(position) ?? [];
    const refusals = rejectedOf.get(position) ?? [];
    if (own.length === 0 && refusals.length === 0) {
      if (atRest) violations.push(`${position} became neither events nor a rejected record`);
    } else if (refusals.length > 0) {
      violations.push(...refusalProblems(position, record, own, refusals, earlierOf));
    } else {
      violations.push(...eventProblems(position, record, own, sentOf.get(record.bodyHash)));
    }
  }
  for (const event of events)
    if (!positions.has(event.raw)) violations.push(`event ${event.eventId} names the raw record ${event.raw}, which does not exist`);
  for (const record of rejected)
    if (!positions.has(record.raw)) violations.push(`${positionOf(record)} rejects ${record.raw}, which does not exist`);
  for (const [eventId, copies] of groupBy(events, (event) => event.eventId)) {
    if (copies.length > 1) violations.push(`event ${eventId} stands ${copies.length} times: ${copies.map(positionOf).join(', ')}`);
  }
  return {
    promise: 'I3 every raw record has its events',
    checked: raw.length,
    violations,
    figures: { events: events.length, rejected: rejected.length },
  };
}

function firstByDedupeKey(raw: readonly RawFact[]): (record: RawFact) => boolean {
  const first = new Map<string, number>();
  const keyOf = (record: RawFact): string => `${record.partition} ${record.dedupeKey}`;
  for (const record of raw) first.set(keyOf(record), Math.min(first.get(keyOf(record)) ?? Number.POSITIVE_INFINITY, record.offset));
  return (record) => (first.get(keyOf(record)) ?? record.offset) < record.offset;
}

function refusalProblems(
  position: string,
  record: RawFact,
  own: readonly EventFact[],
  refusals: readonly RejectedFact[],
  hasEarlier: (record: RawFact) => boolean,
): string[] {
  const problems: string[] = [];
  if (own.length > 0) problems.push(`${position} became events and a rejected record`);
  if (refusals.length > 1) problems.push(`${position} was rejected ${refusals.length} times`);
  for (const { code } of refusals) {
    if (code !== DUPLICATE) problems.push(`${position} was rejected with ${code}`);
    else if (!hasEarlier(record)) problems.push(`${position} was rejected as a duplicate and is the first of its key`);
  }
  return problems;
}

function eventProblems(position: string, record: RawFact, own: readonly EventFact[], sent: SentFact | undefined): string[] {
  if (sent === undefined) return [];
  const problems: string[] = [];
  const found = own.map(({ type }) => type).sort();
  if (JSON.stringify(found) !== JSON.stringify([...sent.eventTypes].sort())) {
    problems.push(`${position} became ${found.join(', ')} in place of ${sent.eventTypes.join(', ')}`);
  }
  const ids = new Set(sent.eventTypes.map((_type, index) => uuidV5(String(index), record.notificationId)));
  for (const event of own) {
    if (!ids.has(event.eventId))
      problems.push(`event ${event.eventId} of ${position} has an id that does not follow from its notification`);
    if (!event.text.includes(sent.marker)) problems.push(`event ${event.eventId} of ${position} does not hold ${sent.marker}`);
  }
  return problems;
}

/** I4: events of a key stand in the order of their raw records. */
export function orderIsKept({ events }: Evidence): Verdict {
  const violations: string[] = [];
  const groups = groupBy(events, ({ topic, partition, key }) => `${topic} ${partition} ${key}`);
  for (const group of groups.values()) {
    const ordered = group.toSorted((one, other) => one.offset - other.offset);
    let highest = -1;
    let source = '';
    for (const event of ordered) {
      const [, topicPartition = '', offset = ''] = /^(.*)-(\d+)$/.exec(event.raw) ?? [];
      if (topicPartition !== source) highest = -1;
      source = topicPartition;
      if (Number(offset) < highest)
        violations.push(`event ${event.eventId} of key ${event.key} stands behind an event of a later raw record`);
      highest = Math.max(highest, Number(offset));
    }
  }
  const partitions = groupBy(events, ({ topic, key }) => `${topic} ${key}`);
  for (const [key, group] of partitions) {
    if (new Set(group.map(({ partition }) => partition)).size > 1) violations.push(`events of ${key} stand in more than one partition`);
  }
  return { promise: 'I4 order per key is kept', checked: events.length, violations, figures: { keys: groups.size } };
}
