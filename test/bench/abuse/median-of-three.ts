import { median } from '../support/statistics.ts';
import type { RoundFigures } from './round.ts';

/** What one measurement of an abuse found. */
export interface Measured {
  readonly abused: RoundFigures;
  readonly after: RoundFigures;
  /** Responses that did not accept. */
  readonly others: readonly string[];
}

/**
 * The measurement with the median p99 of three: a stall of the machine of a tenth of a second is 1 % of the requests of a round. Every
 * request of all three counts as sent, and so does what was not accepted.
 */
export async function medianOfThree<M extends Measured>(first: M, again: () => Promise<M>): Promise<M> {
  const all = [first, await again(), await again()];
  const middle = median(all.map(({ abused }) => abused.p99Ms));
  const chosen = all.find(({ abused }) => abused.p99Ms === middle) ?? first;
  const total = (of: 'abused' | 'after', what: 'sent' | 'accepted') => all.reduce((sum, each) => sum + each[of][what], 0);
  return {
    ...chosen,
    abused: { ...chosen.abused, sent: total('abused', 'sent'), accepted: total('abused', 'accepted') },
    after: { ...chosen.after, sent: total('after', 'sent'), accepted: total('after', 'accepted') },
    others: all.flatMap(({ others }) => others),
  };
}
