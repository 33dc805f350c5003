import type { FormerRelease } from '../../scripts/releases/former-release.ts';
import { printVerdict, type Verdict } from '../chaos/checker/verdict.ts';

/** What passed in a step. */
export interface StepReport {
  /** From 1. */
  readonly number: number;
  readonly title: string;
  readonly seconds: number;
  /** Notifications that were accepted. */
  readonly accepted: number;
  /** Requests that webhooks received. */
  readonly received: number;
  /** Requests to the ingress without a response, or with one of 500 and above: their notifications were sent again. */
  readonly refused: number;
  /** Why it failed; undefined where it succeeded. */
  readonly failure: string | undefined;
}

export interface UpgradeOutcome {
  readonly former: FormerRelease;
  readonly steps: readonly StepReport[];
  /** Before the way back begins; empty where a step before that failed. */
  readonly forward: readonly Verdict[];
  /** At the end, when everything is done; empty where a step failed. */
  readonly back: readonly Verdict[];
  /** Processes that ended without being told to, in words. */
  readonly unexpected: readonly string[];
  /** Evidence and logs. */
  readonly directory: string;
}

/** Everything that is wrong with a run, in words. */
export function violationsOf({ steps, forward, back, unexpected }: Omit<UpgradeOutcome, 'former' | 'directory'>): readonly string[] {
  const judged = (verdicts: readonly Verdict[], when: string): readonly string[] =>
    verdicts.flatMap(({ promise, violations }) => violations.map((violation) => `${when}: ${promise}: ${violation}`));
  return [
    ...steps.flatMap(({ number, failure }) => (failure === undefined ? [] : [`step ${number}: ${failure}`])),
    ...judged(forward, 'before the way back'),
    ...judged(back, 'at the end'),
    ...unexpected,
  ];
}

/** One line. */
export function printStep({ number, title, seconds, accepted, received, refused, failure }: StepReport): string {
  const figures = `${seconds.toFixed(1)} s, ${accepted} accepted, ${refused} refused, ${received} requests received`;
  return `${failure === undefined ? 'ok    ' : 'FAILED'} ${String(number).padStart(2)} ${title}: ${figures}${failure === undefined ? '' : `: ${failure}`}`;
}

/** Verdicts and figures of a run, below its steps. */
export function printOutcome(outcome: UpgradeOutcome): string {
  const { former, steps, forward, back, unexpected, directory } = outcome;
  const violations = violationsOf(outcome).length;
  return [
    'Before the way back:',
    ...forward.map(printVerdict),
    'At the end:',
    ...back.map(printVerdict),
    ...unexpected,
    `${violations} violations in ${steps.length} steps from ${former.version} (${former.commit.slice(0, 7)}) to this checkout and back`,
    ...(violations === 0 ? [] : [`evidence and logs: ${directory}`]),
  ].join('\n');
}
