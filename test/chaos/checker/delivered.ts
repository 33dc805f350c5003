import { carriedProblems, copyProblems } from './copies.ts';
import type { DeliveryFact, EventFact, Evidence, InstallFact } from './facts.ts';
import { countedOutcomes, runOf } from './outcomes.ts';
import { createReceivers, receives } from './receivers.ts';
import { uuidV5 } from './uuid-v5.ts';
import { groupBy, positionOf, type Verdict } from './verdict.ts';

/** I5: every event has one pending delivery for each install that is to receive it, and every delivery ends. */
export function everyDeliveryEnds(evidence: Evidence): Verdict {
  const { events, installs, pending, outcomes, atRest } = evidence;
  const violations: string[] = [];
  const pendingOf = groupBy(pending, ({ deliveryId }) => deliveryId);
  const eventOf = new Map(events.map((event) => [event.eventId, event]));
  const counted = countedOutcomes(outcomes);

  const installOf = new Map(installs.map((install) => [install.installId, install]));
  const receiversOf = createReceivers(installs);
  let most = 0;

  for (const event of events) {
    const receivers = receiversOf(event);
    most = Math.max(most, receivers.length);
    for (const { installId } of receivers) {
      const found = pendingOf.get(uuidV5(installId, event.eventId)) ?? [];
      if (found.length === 0 && atRest) violations.push(`event ${event.eventId} has no pending delivery for ${installId}`);
      if (found.length > 1) violations.push(`event ${event.eventId} has ${found.length} pending deliveries for ${installId}`);
    }
  }
  for (const delivery of pending) {
    violations.push(...pendingProblems(delivery, eventOf.get(delivery.eventId), installOf.get(delivery.installId)));
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
    figures: { 'repeated terminal outcomes': terminal - counted.size, 'deliveries of one event at most': most },
  };
}

function pendingProblems(delivery: DeliveryFact, event: EventFact | undefined, install: InstallFact | undefined): string[] {
  if (event === undefined) return [`delivery ${delivery.deliveryId} is of the event ${delivery.eventId}, which does not exist`];
  const problems: string[] = [];
  if (install === undefined || !receives(install, event))
    problems.push(`delivery ${delivery.deliveryId} is for ${delivery.installId}, which does not receive ${event.type} of ${event.tenant}`);
  if (delivery.deliveryId !== uuidV5(delivery.installId, delivery.eventId))
    problems.push(`delivery ${delivery.deliveryId} has an id that does not follow from event and install`);
  if (delivery.valueHash !== event.valueHash) problems.push(`delivery ${delivery.deliveryId} does not hold the bytes of its event`);
  return problems;
}

/** I7: every request of a delivery has the same id and body, and its event's content; so has what waits for an attempt or is dead. */
export function bodiesAreStable(evidence: Evidence): Verdict {
  const { received, pending, events, sent, raw } = evidence;
  const violations: string[] = carriedProblems(evidence);
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

const TERMINAL = new Set(['delivered', 'dead']);

/** I8: per install, pending deliveries are the delivered, dead, skipped and waiting ones; a delivered one was answered 200 or 201. */
export function booksBalance(evidence: Evidence): Verdict {
  const { installs, pending, outcomes, received, dead, atRest } = evidence;
  const violations: string[] = copyProblems(evidence);
  const counted = countedOutcomes(outcomes);
  const deadOf = new Set(dead.map(runOf));
  const succeeded = new Set(received.filter(({ status }) => status === 200 || status === 201).map(({ webhookId }) => webhookId));
  const figures: Record<string, number> = { delivered: 0, dead: 0, skipped: 0, waiting: 0 };
  const pendingOf = groupBy(pending, ({ installId }) => installId);
  const endedOf = groupBy([...counted.values()], ({ installId }) => installId);
  for (const { installId } of installs) {
    const own = new Set((pendingOf.get(installId) ?? []).map(runOf));
    const ended = endedOf.get(installId) ?? [];
    for (const { outcome } of ended) figures[outcome] = (figures[outcome] ?? 0) + 1;
    const waiting = own.size - ended.length;
    figures.waiting = (figures.waiting ?? 0) + waiting;
    if (waiting < 0) violations.push(`${installId} has ${-waiting} more ended deliveries than pending ones`);
    if (waiting > 0 && atRest) violations.push(`${installId} has ${waiting} deliveries that did not end`);
  }
  for (const [key, outcome] of counted) {
    if (outcome.outcome === 'delivered' && !succeeded.has(outcome.deliveryId))
      violations.push(`${key} is delivered and no request was answered 200 or 201`);
    // Installs stand as they are for the whole run.
    if (!TERMINAL.has(outcome.outcome)) violations.push(`${key} ended as ${outcome.outcome}`);
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
