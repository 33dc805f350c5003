import { acceptedIsStored, storedWasSent } from './accepted.ts';
import { attemptsAreBounded } from './attempted.ts';
import { backlogIsGone, bodiesAreStable, booksBalance, everyDeliveryEnds } from './delivered.ts';
import type { Evidence } from './facts.ts';
import { everyRawHasItsEvents } from './normalized.ts';
import { orderIsKept } from './ordered.ts';
import type { Verdict } from './verdict.ts';

/** One verdict for every promise that topics and logs can show. */
export function check(evidence: Evidence): readonly Verdict[] {
  return [
    acceptedIsStored(evidence),
    storedWasSent(evidence),
    everyRawHasItsEvents(evidence),
    orderIsKept(evidence),
    everyDeliveryEnds(evidence),
    attemptsAreBounded(evidence),
    bodiesAreStable(evidence),
    booksBalance(evidence),
    backlogIsGone(evidence),
  ];
}
