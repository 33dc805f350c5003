import type { DeliveryFact, Evidence, OutcomeFact } from './facts.ts';
import { handoversByDelivery } from './handovers.ts';
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
  const { retries, dead, outcomes, atRest } = evidence;
  const problems: string[] = [];
  const mostOf = handoversByDelivery(evidence);
  const tooMany = (copies: readonly { readonly deliveryId: string }[]): string | undefined => {
    const most = 1 + mostOf(copies[0]?.deliveryId ?? '');
    return copies.length > most ? `${copies.length} times, at most ${most} were due` : undefined;
  };
  for (const [step, copies] of groupBy(retries, (copy) => stepOf(copy, copy.attempts))) {
    const excess = tooMany(copies);
    if (excess !== undefined) problems.push(`${step} waits ${excess}`);
  }
  for (const [run, copies] of groupBy(dead, runOf)) {
    const excess = tooMany(copies);
    if (excess !== undefined) problems.push(`${run} is dead ${excess}`);
  }
  for (const [step, copies] of groupBy(outcomes, (one) => `${runOf(one)} ${one.attempt} ${one.deferrals} ${one.outcome}`)) {
    const excess = tooMany(copies);
    if (excess !== undefined) problems.push(`the outcome of ${step} stands ${excess}`);
  }
  for (const [record, copies] of groupBy(outcomes, (one) => one.record)) {
    const excess = tooMany(copies);
    if (excess !== undefined) problems.push(`${record} has an outcome ${excess}`);
  }
  problems.push(...foreignRecords(evidence));
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
    const excused = mostOf(outcome.deliveryId) > 0 && mayBeWithoutCopy(outcome, outcomesOf.get(runOf(outcome)) ?? []);
    if (!found && !excused) problems.push(`${runOf(outcome)} does not wait in ${outcome.next} after attempt ${outcome.attempt}`);
  }
  return problems;
}

/**
 * Who died between the outcome and the copy left the record to be read again: that shows in a later outcome of the record, or, where
 * another record had been read twice, the delivery may have ended by way of that one.
 */
function mayBeWithoutCopy(outcome: OutcomeFact, ofRun: readonly OutcomeFact[]): boolean {
  if (ofRun.some(({ record, offset }) => record === outcome.record && offset > outcome.offset)) return true;
  const records = ofRun.map(({ record }) => record);
  return new Set(records).size < records.length && ofRun.some(({ terminal }) => terminal);
}

/** Each outcome came of a record of its own delivery, after as many attempts as that says. */
function foreignRecords({ pending, retries, outcomes }: Evidence): string[] {
  const records = new Map([...pending, ...retries].map((delivery) => [positionOf(delivery), delivery]));
  return outcomes.flatMap((outcome) => {
    const record = records.get(outcome.record);
    if (record === undefined || runOf(record) !== runOf(outcome))
      return [`${positionOf(outcome)} came of ${outcome.record}, which is not its`];
    const follows = outcome.attempt === 0 || outcome.attempt === record.attempts + 1;
    return follows ? [] : [`${positionOf(outcome)} is attempt ${outcome.attempt}, and ${outcome.record} waited after ${record.attempts}`];
  });
}

const stepOf = (of: { readonly deliveryId: string; readonly run: string; readonly deferrals: number }, attempts: number): string =>
  `${runOf(of)} after ${attempts} attempts and ${of.deferrals} deferrals`;
