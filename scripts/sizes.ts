// Usage: node scripts/sizes.ts [--record]: checks the sizes; with --record takes today's code lines as the ceilings.
import { readFileSync, writeFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { checkSizes, codeLinesByFolder, type FileSize } from './sizes/check-sizes.ts';
import { measureSource } from './sizes/measure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const ceilingsFile = join(root, 'scripts/sizes/code-lines.json');
const sources = ['packages/*/src/**/*.ts', 'services/*/src/**/*.ts', 'scripts/**/*.{ts,mjs}', 'test/**/*.ts'];

const files: FileSize[] = [];
for await (const found of glob(sources, { cwd: root })) {
  const path = found.replaceAll('\\', '/');
  if (!path.includes('/generated/')) files.push({ path, ...measureSource(readFileSync(join(root, path), 'utf8')) });
}

if (process.argv.includes('--record')) {
  writeFileSync(ceilingsFile, `${JSON.stringify(codeLinesByFolder(files), null, 2)}\n`);
}
const { problems, excepted } = checkSizes(files, {
  functionLines: 100,
  fileLines: 250,
  testFileLines: 500,
  medianFileLines: 120,
  exceptions: [
    'packages/event-log/src/group/offset-tracker.ts createOffsetTracker',
    'packages/event-log/src/group/partition-intake.ts createPartitionIntake',
    'packages/event-log/src/processor/partition-input.ts',
  ],
  codeLines: JSON.parse(readFileSync(ceilingsFile, 'utf8')) as Readonly<Record<string, number>>,
});
for (const text of excepted) process.stdout.write(`Allowed for now: ${text}\n`);
for (const problem of problems) process.stdout.write(`${problem}\n`);
if (problems.some((problem) => problem.includes('ceiling'))) {
  process.stdout.write('Where code has to grow, raise its ceiling in a commit that says why: node scripts/sizes.ts --record\n');
}
process.exit(problems.length === 0 ? 0 : 1);
