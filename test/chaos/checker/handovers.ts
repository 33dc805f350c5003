import type { Evidence, HandoverFact } from './facts.ts';
import { groupBy } from './verdict.ts';

/**
 * A fault shows this long after its end: the others wait for a member that is gone, for its session and a rebalance, and then read again
 * from what was committed.
 */
const AFTERMATH_MS = 60_000;

/** How often deliveries may have changed hands in all. */
export function handoversOf(handovers: readonly HandoverFact[]): number {
  return handovers.reduce((sum, { times }) => sum + times, 0);
}

/**
 * How often each delivery may have changed hands while it was in flight, by its id: from its first attempt to its last, whether a receiver
 * saw it or an outcome tells of it alone. One that was put off, or had no request, may have been read twice long before: for it every
 * handover counts.
 */
export function handoversByDelivery({ handovers, received, outcomes }: Pick<Evidence, 'handovers' | 'received' | 'outcomes'>) {
  const all = handoversOf(handovers);
  const requests = groupBy(received, ({ webhookId }) => webhookId);
  const told = groupBy(outcomes, ({ deliveryId }) => deliveryId);
  return (deliveryId: string): number => {
    const made = requests.get(deliveryId);
    const recorded = told.get(deliveryId) ?? [];
    if (made === undefined || recorded.some(({ deferrals }) => deferrals > 0)) return all;
    const times = [...made.map(({ at }) => at), ...recorded.map(({ startedAt }) => startedAt)];
    const [first, last] = [Math.min(...times), Math.max(...times)];
    return handoversOf(handovers.filter(({ from, to }) => from <= last && to + AFTERMATH_MS >= first));
  };
}
