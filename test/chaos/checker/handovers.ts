import type { Evidence, HandoverFact, ReceivedFact } from './facts.ts';

/** A fault shows this long after its end: the others wait for a member that is gone, and then read again from what was committed. */
const AFTERMATH_MS = 90_000;

/** How often deliveries may have changed hands in all. */
export function handoversOf(handovers: readonly HandoverFact[]): number {
  return handovers.reduce((sum, { times }) => sum + times, 0);
}

/** How often the delivery of these requests may have changed hands from the first of them to the last. */
export function handoversDuring({ handovers }: Pick<Evidence, 'handovers'>, requests: readonly ReceivedFact[]): number {
  const times = requests.map(({ at }) => at);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  return handoversOf(handovers.filter(({ from, to }) => from <= last && to + AFTERMATH_MS >= first));
}
