import type { OutcomeFact } from './facts.ts';

export const runOf = ({ deliveryId, run }: { readonly deliveryId: string; readonly run: string }): string => `${deliveryId} run ${run}`;

/** The terminal outcome that counts is the first in partition order. */
export function countedOutcomes(outcomes: readonly OutcomeFact[]): Map<string, OutcomeFact> {
  const counted = new Map<string, OutcomeFact>();
  for (const outcome of outcomes.filter(({ terminal }) => terminal).toSorted((one, other) => one.offset - other.offset)) {
    if (!counted.has(runOf(outcome))) counted.set(runOf(outcome), outcome);
  }
  return counted;
}
