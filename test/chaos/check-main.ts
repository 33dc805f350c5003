/** Usage: npm run chaos:check -- DIRECTORY…: checks the evidence of runs once more, one line a promise; exits 1 when one is broken. */
import { check } from './checker/check.ts';
import { printVerdict } from './checker/verdict.ts';
import { loadEvidence } from './evidence/load-evidence.ts';

const directories = process.argv.slice(2);
if (directories.length === 0) {
  process.stderr.write('Usage: npm run chaos:check -- DIRECTORY…\n');
  process.exitCode = 2;
}
for (const directory of directories) {
  const verdicts = check(await loadEvidence(directory));
  process.stdout.write(`${directory}\n${verdicts.map(printVerdict).join('\n')}\n`);
  if (verdicts.some(({ violations }) => violations.length > 0)) process.exitCode = 1;
}
