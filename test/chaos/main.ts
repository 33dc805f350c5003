/** Usage: npm run chaos -- [--seed S] [--notifications N] [--kills K] …: a run of faults, checked; exits 1 when a promise is broken. */
import { rm } from 'node:fs/promises';
import { StackError } from '@switchboard/local-stack';
import { readOptions } from './options.ts';
import { isKept, printOutcome } from './run/outcome.ts';
import { runChaos } from './run/run.ts';

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

try {
  const options = readOptions(process.argv.slice(2));
  const outcome = await runChaos(options, say);
  process.stdout.write(`${printOutcome(options, outcome)}\n`);
  if (!isKept(outcome)) process.exitCode = 1;
  if (isKept(outcome) && !options.keep) await rm(outcome.directory, { recursive: true, force: true });
} catch (error) {
  say(error instanceof StackError || error instanceof RangeError ? error.message : String(error instanceof Error ? error.stack : error));
  process.exitCode = 2;
}
if (process.connected) process.disconnect();
