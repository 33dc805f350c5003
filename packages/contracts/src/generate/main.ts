import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { argv, exit, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { AvroRecord } from './avro-schema.ts';
import { committedHistories } from './committed-histories.ts';
import { historyProblems } from './history-problems.ts';
import { generateRecordTypes } from './record-types.ts';
import { extendHistory } from './schema-history.ts';
import { generateSchemaModule } from './schema-module.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const schemasDir = join(root, 'schemas');
const historyDir = join(schemasDir, 'history');
const generatedDir = join(root, 'packages/contracts/src/generated');
const recordsDir = join(generatedDir, 'records');

/** Everything that follows from schemas/*.avsc, by path. */
async function generated(): Promise<Map<string, string>> {
  const names = (await readdir(schemasDir)).filter((name) => name.endsWith('.avsc')).sort();
  const records: AvroRecord[] = [];
  for (const name of names) {
    const record: AvroRecord = JSON.parse(await readFile(join(schemasDir, name), 'utf8'));
    if (`${record.namespace}.${record.name}.avsc` !== name)
      throw new Error(`schemas/${name} holds the record ${record.namespace}.${record.name}`);
    records.push(record);
  }
  const files = new Map<string, string>();
  for (const [path, text] of generateRecordTypes(records)) files.set(join(generatedDir, path), text);
  files.set(join(generatedDir, 'schemas.ts'), generateSchemaModule(records));
  const histories = new Map<string, string>();
  for (const name of await readdir(historyDir)) {
    histories.set(basename(name, '.json'), await readFile(join(historyDir, name), 'utf8'));
  }
  for (const record of records) {
    const name = `${record.namespace}.${record.name}`;
    const history = extendHistory(histories.get(name) ?? '[]', record);
    if (!checkOnly) histories.set(name, history);
    files.set(join(historyDir, `${name}.json`), history);
  }
  const problems = historyProblems(
    records.map(({ namespace, name }) => `${namespace}.${name}`),
    histories,
    committedHistories(root, 'schemas/history'),
  );
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return files;
}

const checkOnly = argv.includes('--check');
const stale: string[] = [];
const files = await generated();
for (const name of await readdir(recordsDir).catch((): string[] => [])) {
  const path = join(recordsDir, name);
  if (files.has(path)) continue;
  stale.push(path.slice(root.length));
  if (!checkOnly) await rm(path);
}
for (const [path, text] of files) {
  const before = await readFile(path, 'utf8').catch(() => '');
  if (before === text) continue;
  stale.push(path.slice(root.length));
  if (!checkOnly) {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
  }
}
if (checkOnly && stale.length > 0) {
  stdout.write(`Stale, run \`npm run generate\` and commit: ${stale.join(', ')}\n`);
  exit(1);
}
stdout.write(
  checkOnly ? 'Generated files are current.\n' : `${stale.length} files changed: ${stale.map((path) => basename(path)).join(', ')}\n`,
);
