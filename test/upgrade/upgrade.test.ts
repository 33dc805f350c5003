import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFormerRelease } from '../../scripts/releases/former-release.ts';
import { printOutcome, printStep, type UpgradeOutcome, violationsOf } from './outcome.ts';
import { ROOT } from './release.ts';
import { runUpgrade } from './run.ts';

const former = findFormerRelease(ROOT);
const missing = 'reason' in former ? former.reason : undefined;

let outcome: UpgradeOutcome | undefined;

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

// Skipped and counted where the history of the former release is not there: a shallow clone or a tarball.
describe.skipIf(missing !== undefined)(`over the git history of the former release${missing === undefined ? '' : ` (${missing})`}`, () => {
  beforeAll(async () => {
    if ('reason' in former) return;
    const options = { seed: 20_261_128, rate: 20, trafficMs: 0, hurried: false, json: false, keep: false };
    outcome = await runUpgrade(options, former, { say, step: (report) => say(printStep(report)) });
    say(printOutcome(outcome));
  }, 600_000);

  afterAll(async () => {
    if (outcome !== undefined && violationsOf(outcome).length === 0) await rm(outcome.directory, { recursive: true, force: true });
  });

  it('every process is replaced by this release and by the former one again, while notifications are accepted and delivered', () => {
    expect(outcome?.steps.filter(({ failure }) => failure !== undefined)).toEqual([]);
    expect(outcome?.steps.length).toBeGreaterThan(16);
    expect(outcome?.steps.filter(({ accepted }) => accepted === 0)).toEqual([]);
    expect(outcome?.unexpected).toEqual([]);
  });

  it.each(['forward', 'back'] as const)('loses no notification and no delivery, and makes each event once, on the way %s', (way) => {
    const verdicts = outcome?.[way] ?? [];
    expect(verdicts.filter(({ violations }) => violations.length > 0)).toEqual([]);
    const checked = Object.fromEntries(verdicts.map(({ promise, checked: count }) => [promise.split(' ', 1)[0], count]));
    expect(checked).toMatchObject({ I1: expect.any(Number), I3: expect.any(Number), I5: expect.any(Number), I6: expect.any(Number) });
    expect(Math.min(checked.I1 ?? 0, checked.I3 ?? 0, checked.I5 ?? 0, checked.I6 ?? 0)).toBeGreaterThan(100);
  });
});
