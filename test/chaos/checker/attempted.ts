import type { Evidence } from './facts.ts';
import { handoversByDelivery, handoversOf } from './handovers.ts';
import { countedOutcomes, runOf } from './outcomes.ts';
import { groupBy, type Verdict } from './verdict.ts';

/** Code of an attempt that was answered with another status than 200 and 201. */
const ANSWERED = 'ERR_ATTEMPT_STATUS';
/** Codes of deliveries that die without all their attempts. No run takes as long as a delivery may wait. */
const EARLY_DEATHS = new Set(['ERR_ATTEMPT_ADDRESS_REFUSED']);

/** I6: a dead delivery had exactly 1 + max_retries attempts, and no delivery had more but for handovers while it was in flight. */
export function attemptsAreBounded(evidence: Evidence): Verdict {
  const { dead, events, installs, received, pending, outcomes, atRest } = evidence;
  const violations: string[] = [];
  const typeOf = new Map(events.map((event) => [event.eventId, event.type]));
  const mostOf = new Map<string, number>();
  const installOf = new Map(installs.map((install) => [install.installId, install]));
  for (const delivery of pending) {
    const retries = installOf.get(delivery.installId)?.webhooks[typeOf.get(delivery.eventId) ?? ''];
    if (retries !== undefined) mostOf.set(delivery.deliveryId, retries + 1);
  }
  const requests = groupBy(received, ({ webhookId }) => webhookId);
  const handoversOfDelivery = handoversByDelivery(evidence);
  let repeated = 0;
  for (const [webhookId, made] of requests) {
    const most = mostOf.get(webhookId);
    if (most === undefined) violations.push(`${made.length} requests came for ${webhookId}, which was never pending`);
    else {
      const handovers = handoversOfDelivery(webhookId);
      if (made.length > most + handovers)
        violations.push(
          `${made.length} requests came for ${webhookId}, at most ${most} and one for each of ${handovers} handovers were due`,
        );
      for (const [attempt, same] of groupBy(made, (request) => String(request.attempt))) {
        repeated += same.length - 1;
        if (same.length > 1 + handovers)
          violations.push(`attempt ${attempt} of ${webhookId} was made ${same.length} times, with ${handovers} handovers`);
        if (!(Number(attempt) >= 1 && Number(attempt) <= most))
          violations.push(`a request for ${webhookId} is attempt ${attempt}, at most ${most} were due`);
      }
    }
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
    const end = ended.get(runOf(delivery))?.outcome ?? 'dead';
    if (end !== 'dead') {
      // Who died right after the dead record left its attempt to be made again, with another end.
      if (handoversOfDelivery(delivery.deliveryId) === 0) violations.push(`delivery ${delivery.deliveryId} is dead and ended as ${end}`);
      continue;
    }
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
  const inFlight = handoversOf(evidence.handovers) * evidence.mostInFlight;
  if (repeated > inFlight) violations.push(`${repeated} requests repeat an attempt, ${inFlight} could have been in flight`);
  return {
    promise: 'I6 attempts are bounded',
    checked: requests.size,
    violations,
    figures: { dead: dead.length, 'repeated attempts': repeated },
  };
}
