import type { InstallView } from '@switchboard/app-installs';
import { type Delivery, runKey } from './delivery.ts';
import type { Progress } from './progress.ts';
import { isOrdered, standingOf } from './standing.ts';

/**
 * Whether later deliveries are to wait for one that stands in a retry topic: its webhook asks for an order, and it has not gone on from
 * there since, although that is not committed yet.
 */
export function createHoldsUp(view: Pick<InstallView, 'get'>, progress: Pick<Progress, 'passed'>) {
  return ({ state, eventType }: Pick<Delivery, 'state' | 'eventType'>): boolean =>
    !progress.passed(runKey(state), state) && isOrdered(standingOf(view.get(state.installId), eventType));
}
