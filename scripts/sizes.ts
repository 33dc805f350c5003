import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import process from 'node:process';

const MOST_LINES = 500;
const MOST_MEDIAN = 120;

const sizes: { path: string; lines: number }[] = [];
for await (const path of glob(['packages/*/src/**/*.ts', 'services/*/src/**/*.ts', 'scripts/**/*.{ts,mjs}', 'test/**/*.ts'])) {
  sizes.push({ path, lines: readFileSync(path, 'utf8').split('\n').length - 1 });
}
const sources = sizes.filter(({ path }) => !path.includes('.test.ts') && !path.startsWith('test/')).sort((a, b) => a.lines - b.lines);
const median = sources[Math.floor(sources.length / 2)]?.lines ?? Number.POSITIVE_INFINITY;
const tooLong = sizes.filter(({ lines }) => lines > MOST_LINES);
for (const { path, lines } of tooLong) process.stdout.write(`${path} has ${lines} lines; at most ${MOST_LINES}\n`);
if (median > MOST_MEDIAN) process.stdout.write(`the median source file has ${median} lines; at most ${MOST_MEDIAN}\n`);
process.exit(tooLong.length === 0 && median <= MOST_MEDIAN ? 0 : 1);
