import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { cruiseLayers } from './cruise.ts';
import { undeclaredImports } from './undeclared.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { summary, modules } = await cruiseLayers(root, ['packages', 'services', 'scripts', 'test']);
const undeclared = undeclaredImports(root, modules);
for (const problem of undeclared) process.stdout.write(`${problem}\n`);
for (const { rule, from, to } of summary.violations) process.stdout.write(`${rule.name}: ${from} -> ${to}\n`);
// Without a parser that fits, the tool reads nothing and finds nothing.
const enough = summary.totalCruised >= 100 && (summary.totalDependenciesCruised ?? 0) >= 100;
if (!enough) process.stdout.write(`Only ${summary.totalCruised} modules were read: the layering was not checked.\n`);
process.exit(summary.violations.length === 0 && undeclared.length === 0 && enough ? 0 : 1);
