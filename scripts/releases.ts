// Usage: node scripts/releases.ts: checks that CHANGELOG.md, package.json and the git history agree about the releases.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { CHANGELOG, checkChangelog } from './releases/check-changelog.ts';
import { checkCommits } from './releases/check-commits.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const text = readFileSync(join(root, CHANGELOG), 'utf8');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };

const commits = checkCommits(root, text);
if (commits.skipped !== undefined) process.stdout.write(`skipped the commits of the releases: ${commits.skipped}\n`);
const problems = [...checkChangelog(text, version), ...commits.problems];
for (const { path, line, message } of problems) process.stdout.write(`${path}:${line} ${message}\n`);
process.exit(problems.length === 0 ? 0 : 1);
