import { handoversOf } from '../checker/handovers.ts';
import { printVerdict, type Verdict } from '../checker/verdict.ts';
import type { ChaosOptions } from '../options.ts';
import type { ChaosOutcome } from './run.ts';

const isSound = (verdicts: readonly Verdict[]): boolean => verdicts.every(({ violations }) => violations.length === 0);

/** Whether every promise was kept, during the run and at its end, every fault has healed, and no service ended by itself. */
export function isKept({ inMotion, atRest, tally, unexpected }: ChaosOutcome): boolean {
  return isSound(inMotion) && isSound(atRest) && tally.failures.length === 0 && unexpected.length === 0;
}

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ') || 'none';

/** The verdicts and figures of a run. */
export function printOutcome(options: ChaosOptions, outcome: ChaosOutcome): string {
  const { inMotion, atRest, tally, unexpected, proxied, statuses, seconds, directory } = outcome;
  return [
    'During the run:',
    ...inMotion.map(printVerdict),
    'At its end:',
    ...atRest.map(printVerdict),
    `seed ${options.seed}: ${options.notifications} notifications at ${options.rate}/s, ${options.instances} of each service`,
    `${seconds.sent} s until all were sent, ${seconds.healed} s until every fault had healed, ${seconds.settled} s until all was done and checked`,
    `answers: ${listed(statuses)}`,
    `faults: ${listed(tally.applied)}; ${handoversOf(tally.handovers)} times deliveries may have changed hands`,
    `killed at: ${listed(tally.crashed)}`,
    `at the proxy: ${listed(proxied)}`,
    ...tally.skipped.map(({ text, reason }) => `not applied: ${text}: ${reason}`),
    ...tally.failures.map((failure) => `not applied or not healed: ${failure}`),
    ...unexpected,
    `evidence and logs: ${directory}${isKept(outcome) && !options.keep ? ' (removed)' : ''}`,
  ].join('\n');
}
