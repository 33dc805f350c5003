import type { DeliveryFact, EventFact, Evidence, OutcomeFact } from './facts.ts';
import { uuidV5 } from './uuid-v5.ts';
import { groupBy, positionOf, type Verdict } from './verdict.ts';

const runOf = ({ deliveryId, run }: { readonly deliveryId: string; readonly run: string }): string => `${deliveryId} run ${run}`;

/** The terminal outcome that counts is the first in partition order. */
function countedOutcomes(outcomes: readonly OutcomeFact[]): Map<string, OutcomeFact> {
  const counted = new Map<string, OutcomeFact>();
  for (const outcome of outcomes.filter(({ terminal }) => terminal).toSorted((one, other) => one.offset - other.offset)) {
    if (!counted.has(runOf(outcome))) counted.set(runOf(outcome), outcome);
  }
  return counted;
}

/** I5: every event has one pending delivery for each install that names its type, and every delivery ends. */
export function everyDeliveryEnds(evidence: Evidence): Verdict {
  const { events, installs, pending, outcomes, atRest } = evidence;
  const violations: string[] = [];
  const pendingOf = groupBy(pending, ({ deliveryId }) => deliveryId);
  const eventOf = new Map(events.map((event) => [event.eventId, event]));
  const counted = countedOutcomes(outcomes);

  for (const event of events) {
    for (const { installId, webhooks } of installs) {
      if (webhooks[event.type] === undefined) continue;
      const found = pendingOf.get(uuidV5(installId, event.eventId)) ?? [];
      if (found.length === 0 && atRest) violations.push(`event ${event.eventId} has no pending delivery for ${installId}`);
      if (found.length > 1) violations.push(`event ${event.eventId} has ${found.length} pending deliveries for ${installId}`);
    }
  }
  for (const delivery of pending) {
    violations.push(...pendingProblems(delivery, eventOf.get(delivery.eventId), evidence));
    if (atRest && !counted.has(runOf(delivery))) violations.push(`delivery ${delivery.deliveryId} has no terminal outcome`);
  }
  const known = new Set(pending.map(runOf));
  for (const outcome of outcomes)
    if (!known.has(runOf(outcome))) violations.push(`${positionOf(outcome)} is an outcome of a delivery that was never pending`);
  const terminal = outcomes.filter((outcome) => outcome.terminal).length;
  return {
    promise: 'I5 every delivery ends once',
    checked: pending.length,
    violations,
    figures: { 'repeated terminal outcomes': terminal - counted.size },
  };
}

function pendingProblems(delivery: DeliveryFact, event: EventFact | undefined, { installs }: Evidence): string[] {
  if (event === undefined) return [`delivery ${delivery.deliveryId} is of the event ${delivery.eventId}, which does not exist`];
  const install = installs.find(({ installId }) => installId === delivery.installId);
  const problems: string[] = [];
  if (install?.webhooks[event.type] === undefined)
    problems.push(`delivery ${delivery.deliveryId} is for ${delivery.installId}, which does not name ${event.type}`);
  if (delivery.deliveryId !== uuidV5(delivery.installId, delivery.eventId))
    problems.push(`delivery ${delivery.deliveryId} has an id that does not follow from event and install`);
  if (delivery.valueHash !== event.valueHash) problems.push(`delivery ${delivery.deliveryId} does not hold the bytes of its event`);
  return problems;
}

/** Code of an attempt that was answered with another status than 200 and 201. */
const ANSWERED = 'ERR_ATTEMPT_STATUS';
/** Codes of deliveries that die without all their attempts. */
const EARLY_DEATHS = new Set(['ERR_DEAD_EXPIRED', 'ERR_ATTEMPT_ADDRESS_REFUSED']);

/** I6: a dead delivery had exactly 1 + max_retries attempts, and no delivery had more but for handovers while it was in flight. */
export function attemptsAreBounded(evidence: Evidence): Verdict {
  const { dead, events, installs, received, pending, deliveryHandovers, outcomes, atRest } = evidence;
  const violations: string[] = [];
  const typeOf = new Map(events.map((event) => [event.eventId, event.type]));
  const mostOf = new Map<string, number>();
  for (const delivery of pending) {
    const install = installs.find(({ installId }) => installId === delivery.installId);
    const retries = install?.webhooks[typeOf.get(delivery.eventId) ?? ''];
    if (retries !== undefined) mostOf.set(delivery.deliveryId, retries + 1);
  }
  const requests = groupBy(received, ({ webhookId }) => webhookId);
  for (const [webhookId, made] of requests) {
    const most = mostOf.get(webhookId);
    if (most === undefined) violations.push(`${made.length} requests came for ${webhookId}, which was never pending`);
    else if (made.length > most + deliveryHandovers)
      violations.push(`${made.length} requests came for ${webhookId}, at most ${most} and one a handover were due`);
  }
  const attempted = groupBy(
    outcomes.filter(({ attempt, outcome }) => attempt > 0 && (outcome === 'failed' || outcome === 'dead')),
    ({ deliveryId }) => deliveryId,
  );
  const ended = countedOutcomes(outcomes);
  for (const delivery of dead) {
    // The last outcome follows its dead record.
    if (!atRest && !ended.has(runOf(delivery))) continue;
    if (EARLY_DEATHS.has(delivery.code)) continue;
    const most = mostOf.get(delivery.deliveryId);
    if (most === undefined) violations.push(`delivery ${delivery.deliveryId} is dead and was never pending`);
    else if (delivery.attempts !== most)
      violations.push(`delivery ${delivery.deliveryId} is dead after ${delivery.attempts} attempts, ${most} were due`);
    const attempts = attempted.get(delivery.deliveryId) ?? [];
    const numbers = new Set(attempts.map(({ attempt }) => attempt));
    if (most !== undefined && numbers.size !== most)
      violations.push(`delivery ${delivery.deliveryId} is dead with ${numbers.size} recorded attempts, ${most} were due`);
    const made = requests.get(delivery.deliveryId)?.length ?? 0;
    // An attempt may fail before its request arrives; an answer can only be that of a receiver.
    const answered = new Set(attempts.filter(({ code }) => code === ANSWERED).map(({ attempt }) => attempt)).size;
    if (made < answered)
      violations.push(`delivery ${delivery.deliveryId} is dead and only ${made} requests came, ${answered} were answered`);
  }
  const due = [...requests].reduce((sum, [id, made]) => sum + Math.max(0, made.length - (mostOf.get(id) ?? 0)), 0);
  return {
    promise: 'I6 attempts are bounded',
    checked: requests.size,
    violations,
    figures: { dead: dead.length, 'requests beyond the bound of a run without handovers': due },
  };
}

/** I7: every request of a delivery has the same id and body, and its event's content. */
export function bodiesAreStable({ received, pending, events, sent, raw }: Evidence): Verdict {
  const violations: string[] = [];
  const eventOf = new Map(pending.map(({ deliveryId, eventId }) => [deliveryId, eventId]));
  const rawOf = new Map(events.map((event) => [event.eventId, event.raw]));
  const bodyOf = new Map(raw.map((record) => [positionOf(record), record.bodyHash]));
  const markerOf = new Map(sent.map(({ bodyHash, marker }) => [bodyHash, marker]));
  for (const [webhookId, made] of groupBy(received, (request) => request.webhookId)) {
    if (new Set(made.map(({ bodyHash }) => bodyHash)).size > 1) violations.push(`requests for ${webhookId} differ in their bodies`);
    const eventId = eventOf.get(webhookId);
    const marker = markerOf.get(bodyOf.get(rawOf.get(eventId ?? '') ?? '') ?? '');
    for (const request of made) {
      if (request.eventId !== eventId) violations.push(`a request for ${webhookId} holds the event ${request.eventId}, not ${eventId}`);
      if (marker !== undefined && !request.markers.includes(marker)) violations.push(`a request for ${webhookId} does not hold ${marker}`);
    }
  }
  return { promise: 'I7 id and body are stable', checked: received.length, violations, figures: {} };
}

/** I8: per install, pending deliveries are the delivered, dead, skipped and waiting ones; a delivered one was answered 200 or 201. */
export function booksBalance({ installs, pending, outcomes, received, dead, atRest }: Evidence): Verdict {
  const violations: string[] = [];
  const counted = countedOutcomes(outcomes);
  const deadOf = new Set(dead.map(runOf));
  const succeeded = new Set(received.filter(({ status }) => status === 200 || status === 201).map(({ webhookId }) => webhookId));
  const figures: Record<string, number> = { delivered: 0, dead: 0, skipped: 0, waiting: 0 };
  for (const { installId } of installs) {
    const own = new Set(pending.filter((delivery) => delivery.installId === installId).map(runOf));
    const ended = [...counted].filter(([, outcome]) => outcome.installId === installId);
    for (const [, { outcome }] of ended) figures[outcome] = (figures[outcome] ?? 0) + 1;
    const waiting = own.size - ended.length;
    figures.waiting = (figures.waiting ?? 0) + waiting;
    if (waiting < 0) violations.push(`${installId} has ${-waiting} more ended deliveries than pending ones`);
    if (waiting > 0 && atRest) violations.push(`${installId} has ${waiting} deliveries that did not end`);
  }
  for (const [key, outcome] of counted) {
    if (outcome.outcome === 'delivered' && !succeeded.has(outcome.deliveryId))
      violations.push(`${key} is delivered and no request was answered 200 or 201`);
    if (outcome.outcome === 'dead' && !deadOf.has(key)) violations.push(`${key} is dead and not in the dead-letter topic`);
  }
  return { promise: 'I8 the books balance', checked: pending.length, violations, figures };
}

/** I12: once the last fault has healed the backlog is gone: every group has read its topics to the end. */
export function backlogIsGone({ lags, atRest }: Evidence): Verdict {
  const behind = lags.filter(({ committed, end }) => end > 0 && (committed ?? 0) < end);
  const violations = atRest
    ? behind.map(({ group, topic, partition, committed, end }) => `${group} is at ${committed} of ${end} in ${topic}-${partition}`)
    : [];
  if (atRest && lags.length === 0) violations.push('no committed offsets were read');
  return { promise: 'I12 the backlog is gone', checked: lags.length, violations, figures: {} };
}
