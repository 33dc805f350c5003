// Usage: node scripts/documents.ts [--write]: checks that what the documents name is there; --write brings their tables up to date.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { checkReferences } from './documents/check-references.ts';
import { checkShape } from './documents/check-shape.ts';
import { readDocuments } from './documents/document.ts';
import { staleTables, withTables } from './documents/generated-tables.ts';
import { definitions, projectFacts, undeclared } from './documents/project-facts.ts';
import { readProjectFiles } from './documents/project-files.ts';
import { projectTables } from './documents/tables.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = await readProjectFiles(root);
const { facts, lists } = projectFacts(files);
const tables = projectTables({ definitions, lists, production: files.production });
const documents = await readDocuments(root);

if (process.argv.includes('--write')) {
  const stalePaths = new Set(staleTables(documents, tables).map(({ path }) => path));
  const stale = documents.filter(({ path }) => stalePaths.has(path));
  for (const { path, text } of stale) await writeFile(join(root, path), withTables(text, tables));
  process.stdout.write(`Tables of ${stale.length} documents written.\n`);
} else {
  const problems = [
    ...staleTables(documents, tables),
    ...checkReferences(documents, facts),
    ...checkShape(documents, facts),
    ...undeclared(files, facts),
  ];
  for (const { path, line, message } of problems) process.stdout.write(`${path}:${line} ${message}\n`);
  const read = documents.length >= 5 && files.production.size >= 100;
  if (!read) process.stdout.write(`Only ${documents.length} documents and ${files.production.size} source files were read.\n`);
  process.exit(problems.length === 0 && read ? 0 : 1);
}
