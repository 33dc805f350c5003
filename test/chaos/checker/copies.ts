import type { DeliveryFact, Evidence, OutcomeFact } from './facts.ts';
import { handoversDuring, handoversOf } from './handovers.ts';
import { runOf } from './outcomes.ts';
import { groupBy, positionOf } from './verdict.ts';

/** What waits for another attempt, or is dead, is its pending delivery, unchanged. */
export function carriedProblems({ pending, retries, dead }: Evidence): string[] {
  const problems: string[] = [];
  const pendingOf = new Map(pending.map((delivery) => [runOf(delivery), delivery]));
  for (const copy of [...retries, ...dead]) {
    const original = pendingOf.get(runOf(copy));
    const differences = original === undefined ? ['was never pending'] : differencesOf(copy, original);
    for (const difference of differences) problems.push(`${positionOf(copy)} of ${copy.deliveryId} ${difference}`);
  }
  return problems;
}

function differencesOf(copy: DeliveryFact, original: DeliveryFact): string[] {
  const differences: string[] = [];
  if (copy.valueHash !== original.valueHash) differences.push('holds other bytes than the pending delivery');
  if (copy.key !== original.key) differences.push(`has the key ${copy.key}, not ${original.key}`);
  if (copy.carried !== original.carried) differences.push('has other headers than the pending delivery');
  if (copy.origin !== positionOf(original)) differences.push(`names ${copy.origin}, not ${positionOf(original)}`);
  return differences;
}

/** Every outcome after which a delivery waits has the record that waits; no copy stands more often than by handovers. */
export function copyProblems(evidence: Evidence): string[] {
  const { retries, dead, outcomes, received, atRest } = evidence;
  const problems: string[] = [];
  const requests = groupBy(received, ({ webhookId }) => webhookId);
  const all = handoversOf(evidence.handovers);
  /** A delivery that was put off without any request may have changed hands at any time. */
  const handovers = (deliveryId: string): number => {
    const made = requests.get(deliveryId);
    return made === undefined ? all : handoversDuring(evidence, made);
  };
  const waiting = groupBy(retries, (copy) => stepOf(copy, copy.attempts));
  for (const [step, copies] of waiting) {
    const most = 1 + (copies.some(({ deferrals }) => deferrals > 0) ? all : handovers(copies[0]?.deliveryId ?? ''));
    if (copies.length > most) problems.push(`${step} waits ${copies.length} times, at most ${most} were due`);
  }
  for (const [run, copies] of groupBy(dead, runOf)) {
    const most = 1 + handovers(copies[0]?.deliveryId ?? '');
    if (copies.length > most) problems.push(`${run} is dead ${copies.length} times, at most ${most} were due`);
  }
  const settled = groupBy(outcomes, (outcome) => `${runOf(outcome)} ${outcome.attempt} ${outcome.deferrals} ${outcome.outcome}`);
  for (const [step, copies] of settled) {
    const [first] = copies;
    const most = 1 + (first?.attempt === 0 ? all : handovers(first?.deliveryId ?? ''));
    if (copies.length > most) problems.push(`the outcome of ${step} stands ${copies.length} times, at most ${most} were due`);
  }
  if (!atRest) return problems;
  const stands = new Set(retries.map((copy) => `${copy.topic} ${runOf(copy)} ${copy.deferrals}`));
  const attempts = new Set(retries.map((copy) => `${copy.topic} ${stepOf(copy, copy.attempts)}`));
  const outcomesOf = groupBy(outcomes, runOf);
  for (const outcome of outcomes) {
    if (outcome.next === null) continue;
    // An outcome without an attempt does not say how many were made before.
    const found =
      outcome.attempt === 0
        ? stands.has(`${outcome.next} ${runOf(outcome)} ${outcome.deferrals}`)
        : attempts.has(`${outcome.next} ${stepOf(outcome, outcome.attempt)}`);
    // Who died between the outcome and the copy left the record to be read again.
    if (!found && !outcomesOf.get(runOf(outcome))?.some((other) => isStepAgain(outcome, other)))
      problems.push(`${runOf(outcome)} does not wait in ${outcome.next} after attempt ${outcome.attempt}`);
  }
  return problems;
}

/** Whether the other outcome came later and may be of the same record, attempted or put off. */
function isStepAgain(one: OutcomeFact, other: OutcomeFact): boolean {
  if (other.offset <= one.offset) return false;
  const deferrals = one.attempt === 0 ? one.deferrals - 1 : one.deferrals;
  if (other.attempt === 0) return other.deferrals === deferrals + (other.outcome === 'deferred' ? 1 : 0);
  return other.deferrals === deferrals && (one.attempt === 0 || other.attempt === one.attempt);
}

const stepOf = (of: { readonly deliveryId: string; readonly run: string; readonly deferrals: number }, attempts: number): string =>
  `${runOf(of)} after ${attempts} attempts and ${of.deferrals} deferrals`;
