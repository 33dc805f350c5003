import type { Verdict } from '../checker/verdict.ts';
import { untilSettled } from './backlog.ts';

/** The verdicts once the backlog is gone; the last ones when it is still there in the end. */
export async function settle({
  brokers,
  gather,
  withinMs,
  report,
}: {
  readonly brokers: readonly string[];
  readonly gather: () => Promise<readonly Verdict[]>;
  readonly withinMs: number;
  readonly report: (line: string) => void;
}): Promise<readonly Verdict[]> {
  const deadline = performance.now() + withinMs;
  let seemedBroken = false;
  for (;;) {
    await untilSettled(brokers, Math.max(0, deadline - performance.now()));
    const verdicts = await gather();
    const [first] = verdicts.flatMap(({ violations }) => violations);
    // What still moves while it is gathered seems broken once, and not a second time.
    const behind = verdicts.some(({ promise, violations }) => promise.startsWith('I12') && violations.length > 0);
    if (first === undefined || performance.now() > deadline || (seemedBroken && !behind)) return verdicts;
    seemedBroken ||= !behind;
    report(`once more: ${first}`);
  }
}
