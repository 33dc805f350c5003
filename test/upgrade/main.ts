/**
 * Usage: npm run upgrade -- [--seed S] [--rate N] [--seconds N] [--hurried] [--json] [--keep]: from the former release to this checkout and back.
 * Exits with code 1 where there are violations, and with 2 where it cannot run.
 */
import { rm } from 'node:fs/promises';
import { StackError } from '@switchboard/local-stack';
import { findFormerRelease } from '../../scripts/releases/former-release.ts';
import { readOptions } from './options.ts';
import { printOutcome, printStep, violationsOf } from './outcome.ts';
import { ROOT } from './release.ts';
import { runUpgrade } from './run.ts';

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

try {
  const options = readOptions(process.argv.slice(2));
  const former = findFormerRelease(ROOT);
  if ('reason' in former) throw new RangeError(`the former release is not known: ${former.reason}`);
  const outcome = await runUpgrade(options, former, {
    say,
    step: (report) => print(options.json ? JSON.stringify({ kind: 'step', ...report }) : printStep(report)),
  });
  const violations = violationsOf(outcome);
  const { forward, back, directory } = outcome;
  print(options.json ? JSON.stringify({ kind: 'outcome', former, forward, back, violations, directory }) : printOutcome(outcome));
  if (violations.length > 0) process.exitCode = 1;
  else if (!options.keep) await rm(directory, { recursive: true, force: true });
} catch (error) {
  say(error instanceof StackError || error instanceof RangeError ? error.message : String(error instanceof Error ? error.stack : error));
  process.exitCode = 2;
}
if (process.connected) process.disconnect();
