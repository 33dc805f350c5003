/** Usage: npm run chaos:check -- DIRECTORY…: checks the evidence of runs once more, one line a promise; exits 1 when one is broken. */
import { check } from './checker/check.ts';
import { printVerdict } from './checker/verdict.ts';
import { loadEvidence } from './evidence/load-evidence.ts';
import { evidenceIn } from './evidence/run-directory.ts';

const fail = (line: string): void => {
  process.stderr.write(`${line}\n`);
  process.exitCode = 2;
};

const given = process.argv.slice(2);
if (given.length === 0) fail('Usage: npm run chaos:check -- DIRECTORY…');
for (const directory of given) {
  const found = evidenceIn(directory);
  if (found.length === 0) fail(`${directory} holds no evidence of a run: no run.json, neither in it nor in its in-motion or at-rest`);
  for (const each of found) {
    const verdicts = check(await loadEvidence(each));
    process.stdout.write(`${each}\n${verdicts.map(printVerdict).join('\n')}\n`);
    if (verdicts.some(({ violations }) => violations.length > 0)) process.exitCode = 1;
  }
}
