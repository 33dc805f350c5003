import type { DeliveryAttempt } from './generated/records.ts';

type Outcome = Pick<DeliveryAttempt, 'deliveryId' | 'run' | 'terminal'>;

/**
 * Tells ends that count from duplicates, given outcomes in the order of their partition: the first terminal outcome of a
 * delivery in one run is its end, and a later one is a duplicate, left where a process died before it could commit.
 * Remembers every delivery that ended.
 */
export function createDuplicateCheck(): (outcome: Outcome) => boolean {
  const ended = new Set<string>();
  return ({ deliveryId, run, terminal }) => {
    if (!terminal) return false;
    const name = `${deliveryId}/${run}`;
    if (ended.has(name)) return true;
    ended.add(name);
    return false;
  };
}
