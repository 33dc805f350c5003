import { isAccepted } from './accepted.ts';
import type { EventFact, Evidence, RawFact, RejectedFact, SentFact } from './facts.ts';
import { uuidV5 } from './uuid-v5.ts';
import { groupBy, positionOf, type Verdict } from './verdict.ts';

const DUPLICATE = 'ERR_NORMALIZE_DUPLICATE';
const REDIRECTED = 'ERR_NORMALIZE_REDIRECTED';
/** How far back a repeated notification is known, whichever ends first. */
const WINDOW_RECORDS = 20_000;
const WINDOW_MS = 600_000;

/** I3: every raw record became its events, once, with its content, or one record in the rejected topic; never both, never silence. */
export function everyRawHasItsEvents({ sent, raw, events, rejected, atRest }: Evidence): Verdict {
  const eventsOf = groupBy(events, (event) => event.raw);
  const rejectedOf = groupBy(rejected, (record) => record.raw);
  const sentOf = new Map(sent.map((request) => [request.bodyHash, request]));
  const positions = new Map(raw.map((record) => [positionOf(record), record]));
  const repetitions = findRepetitions(raw);
  const violations: string[] = [];

  for (const [position, record] of positions) {
    const own = eventsOf.get(position) ?? [];
    const refusals = rejectedOf.get(position) ?? [];
    if (own.length === 0 && refusals.length === 0) {
      if (atRest) violations.push(`${position} became neither events nor a rejected record`);
    } else if (refusals.length > 0) {
      violations.push(...refusalProblems(position, record, own, refusals, repetitions.has(position)));
    } else {
      if (repetitions.has(position)) violations.push(`${position} repeats an earlier notification and became events all the same`);
      violations.push(...eventProblems(position, record, own, sentOf.get(record.bodyHash), atRest));
    }
  }
  for (const event of events)
    if (!positions.has(event.raw)) violations.push(`event ${event.eventId} names the raw record ${event.raw}, which does not exist`);
  for (const record of rejected)
    if (!positions.has(record.raw)) violations.push(`${positionOf(record)} rejects ${record.raw}, which does not exist`);
  violations.push(...keyProblems(raw), ...acceptedProblems({ sent, raw, eventsOf, atRest }), ...shapeProblems(events));
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

/**
 * Positions of the records whose body occurred before within the window: no two notifications have the same. The stored key is not asked,
 * which may be wrong itself. One that went to another region counts for nothing.
 */
function findRepetitions(raw: readonly RawFact[]): ReadonlySet<string> {
  const repetitions = new Set<string>();
  const counted = raw.filter(({ disposition }) => disposition !== 'redirected');
  for (const same of groupBy(counted, ({ partition, bodyHash }) => `${partition} ${bodyHash}`).values()) {
    const ordered = same.toSorted((one, other) => one.offset - other.offset);
    for (const [index, record] of ordered.entries()) {
      const before = ordered[index - 1];
      if (before === undefined) continue;
      if (record.offset - before.offset <= WINDOW_RECORDS && record.receivedAt - before.receivedAt <= WINDOW_MS) {
        repetitions.add(positionOf(record));
      }
    }
  }
  return repetitions;
}

/** A notification has one key, however often it comes, and no other has the same. */
function keyProblems(raw: readonly RawFact[]): string[] {
  const problems: string[] = [];
  const counted = raw.filter(({ disposition }) => disposition !== 'redirected');
  for (const [bodyHash, same] of groupBy(counted, (record) => record.bodyHash)) {
    if (new Set(same.map(({ partition, dedupeKey }) => `${partition} ${dedupeKey}`)).size > 1)
      problems.push(`${same.map(positionOf).join(' and ')} hold the same body ${bodyHash} under different keys`);
  }
  for (const [dedupeKey, same] of groupBy(counted, (record) => record.dedupeKey)) {
    if (new Set(same.map(({ bodyHash }) => bodyHash)).size > 1)
      problems.push(`${same.map(positionOf).join(' and ')} hold different bodies under the key ${dedupeKey}`);
  }
  return problems;
}

interface Acceptance extends Pick<Evidence, 'sent' | 'raw' | 'atRest'> {
  readonly eventsOf: ReadonlyMap<string, readonly EventFact[]>;
}

/** Whatever became of each of its raw records: an accepted notification has each of its events once. */
function acceptedProblems({ sent, raw, eventsOf, atRest }: Acceptance): string[] {
  const problems: string[] = [];
  const recordsOf = groupBy(raw, ({ bodyHash }) => bodyHash);
  for (const [bodyHash, requests] of groupBy(sent, (request) => request.bodyHash)) {
    const [{ marker, eventTypes } = { marker: '', eventTypes: [] }] = requests;
    const found = (recordsOf.get(bodyHash) ?? []).flatMap((record) => eventsOf.get(positionOf(record)) ?? []).map(({ type }) => type);
    if (!isPartOf(found, eventTypes)) problems.push(`${marker} became ${found.join(', ')} in place of ${eventTypes.join(', ')}`);
    else if (atRest && requests.some(({ status }) => isAccepted(status)) && found.length < eventTypes.length)
      problems.push(`${marker} was accepted and became ${found.join(', ') || 'nothing'} in place of ${eventTypes.join(', ')}`);
  }
  return problems;
}

/**
 * Events of a type that one source sent differ in numbers and ids alone: what is altered in any other way is alone in its shape. Those of
 * another schema have members more or less.
 */
function shapeProblems(events: readonly EventFact[]): string[] {
  const problems: string[] = [];
  for (const [kind, same] of groupBy(events, ({ source, type, schema }) => `${source} ${type} ${schema}`)) {
    const [usual, ...others] = [...groupBy(same, ({ shape }) => shape).values()].toSorted((one, other) => other.length - one.length);
    if (usual === undefined) continue;
    for (const { eventId } of others.flat()) problems.push(`event ${eventId} differs from the ${usual.length} other ones of ${kind}`);
  }
  return problems;
}

function refusalProblems(
  position: string,
  record: RawFact,
  own: readonly EventFact[],
  refusals: readonly RejectedFact[],
  repeated: boolean,
): string[] {
  const problems: string[] = [];
  if (own.length > 0) problems.push(`${position} became events and a rejected record`);
  if (refusals.length > 1) problems.push(`${position} was rejected ${refusals.length} times`);
  for (const { code } of refusals) {
    if (code === REDIRECTED && record.disposition === 'redirected') continue;
    if (code !== DUPLICATE) problems.push(`${position} was rejected with ${code}`);
    else if (!repeated) problems.push(`${position} was rejected as a duplicate and is the first of its key`);
  }
  return problems;
}

function eventProblems(
  position: string,
  record: RawFact,
  own: readonly EventFact[],
  sent: SentFact | undefined,
  atRest: boolean,
): string[] {
  if (sent === undefined) return [];
  const problems: string[] = [];
  const found = own.map(({ type }) => type).sort();
  // Topics are read one after another: of a notification that is normalized meanwhile, one may show its events and another not yet.
  const complete = JSON.stringify(found) === JSON.stringify([...sent.eventTypes].sort());
  if (!complete && (atRest || !isPartOf(found, sent.eventTypes))) {
    problems.push(`${position} became ${found.join(', ')} in place of ${sent.eventTypes.join(', ')}`);
  }
  const ids = new Set(sent.eventTypes.map((_type, index) => uuidV5(String(index), record.notificationId)));
  for (const event of own) {
    if (!ids.has(event.eventId))
      problems.push(`event ${event.eventId} of ${position} has an id that does not follow from its notification`);
    if (event.markers.join() !== sent.marker) problems.push(`event ${event.eventId} of ${position} does not hold ${sent.marker} alone`);
    if (!event.subjects.some((subject) => subject.includes(sent.subject)))
      problems.push(`event ${event.eventId} of ${position} is not about ${sent.subject}`);
    if (event.source !== sent.source) problems.push(`event ${event.eventId} of ${position} names ${event.source} as its source`);
    if (event.receivedAt !== record.receivedAt) problems.push(`event ${event.eventId} of ${position} was received at another time`);
  }
  return problems;
}

/** Whether the types are among the expected ones, none more often than there. */
function isPartOf(types: readonly string[], expected: readonly string[]): boolean {
  const left = [...expected];
  return types.every((type) => left.includes(type) && left.splice(left.indexOf(type), 1).length > 0);
}
