import type { AvroRecord } from './avro-schema.ts';
import { recordInput, recordInterface, recordsNamedBy, recordsWithin } from './record-interface.ts';

const HEADER = '// Generated from schemas/*.avsc by `npm run generate`. Do not edit.\n';
const SHARED = 'shared';
const LINE_WIDTH = 140;

/** The module that a record is written in, by the record's name. */
type Homes = ReadonlyMap<string, string>;

/**
 * TypeScript modules of the records by path: one for each namespace, one for the nested records that several of them use, and
 * `records.ts`, which passes all of them on and lists them by full name. Throws when two schemas have one name, or two records of
 * one name differ.
 */
export function generateRecordTypes(records: readonly AvroRecord[]): ReadonlyMap<string, string> {
  const homes = homesOf(records);
  const topLevel = new Set(records.map(({ name }) => name));
  const all = unique(records.flatMap(recordsWithin));
  const modules = [...new Set(homes.values())].sort();
  const files = modules.map((module): [string, string] => {
    const own = all.filter(({ name }) => homes.get(name) === module);
    return [pathOf(module), recordModule(module, own, topLevel, homes)];
  });
  return new Map([...files, ['records.ts', index(records, modules)]]);
}

/** `calling-v1` of `switchboard.calling.v1`. */
function areaOf(record: AvroRecord): string {
  return (record.namespace ?? '').split('.').slice(1).join('-');
}

function pathOf(module: string): string {
  return `records/${module}.ts`;
}

/** A nested record that stands in records of several areas is shared; every other one belongs to its area. */
function homesOf(records: readonly AvroRecord[]): Homes {
  const homes = new Map<string, string>();
  const texts = new Map<string, string>();
  for (const record of records) {
    for (const inner of recordsWithin(record)) {
      const text = recordInterface(inner);
      if ((texts.get(inner.name) ?? text) !== text) throw new Error(`Two records named ${inner.name} differ`);
      texts.set(inner.name, text);
      homes.set(inner.name, (homes.get(inner.name) ?? areaOf(record)) === areaOf(record) ? areaOf(record) : SHARED);
    }
  }
  for (const record of records) homes.set(record.name, areaOf(record));
  const twice = records.find(({ name }, position) => records.findIndex((other) => other.name === name) !== position);
  if (twice !== undefined) throw new Error(`Two schemas are named ${twice.name}`);
  return homes;
}

function recordModule(module: string, own: readonly AvroRecord[], topLevel: ReadonlySet<string>, homes: Homes): string {
  const named = own.flatMap(({ fields }) => fields).flatMap(({ type }) => recordsNamedBy(type));
  const imported = new Map<string, string[]>();
  for (const { name } of unique(named)) {
    const home = homes.get(name) ?? module;
    if (home !== module) imported.set(home, [...(imported.get(home) ?? []), name]);
  }
  return [
    HEADER,
    ...[...imported].map(([home, names]) => importOf(names, `./${home}.ts`)),
    ...own.flatMap((record) => (topLevel.has(record.name) ? [recordInterface(record), recordInput(record)] : [recordInterface(record)])),
  ].join('\n');
}

function index(records: readonly AvroRecord[], modules: readonly string[]): string {
  const imports = modules.map((module) => {
    const names = records.filter((record) => areaOf(record) === module).flatMap(({ name }) => [name, `${name}Input`]);
    return names.length === 0 ? '' : importOf(names, `./${pathOf(module)}`);
  });
  const listed = (suffix: string) => records.map((record) => `  '${record.namespace}.${record.name}': ${record.name}${suffix};\n`).join('');
  return [
    HEADER,
    imports.join(''),
    modules.map((module) => `export type * from './${pathOf(module)}';\n`).join(''),
    `/** Records by full name, as read. */\nexport interface RecordTypes {\n${listed('')}}\n`,
    `/** Records by full name, as written: members with a default may be left out. */\nexport interface RecordInputs {\n${listed('Input')}}\n`,
  ].join('\n');
}

function importOf(names: readonly string[], from: string): string {
  const sorted = [...names].sort();
  const line = `import type { ${sorted.join(', ')} } from '${from}';\n`;
  if (line.length <= LINE_WIDTH) return line;
  return `import type {\n${sorted.map((name) => `  ${name},\n`).join('')}} from '${from}';\n`;
}

/** One record of each name: those of one name are alike. */
function unique(records: readonly AvroRecord[]): AvroRecord[] {
  return [...new Map(records.map((record) => [record.name, record])).values()];
}
