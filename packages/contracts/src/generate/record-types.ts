import type { AvroField, AvroRecord, AvroType } from './avro-schema.ts';

const HEADER = '// Generated from schemas/*.avsc by `npm run generate`. Do not edit.\n';

/** TypeScript interfaces of the records: one of what is read, one of what may be left out when written. */
export function generateRecordTypes(records: readonly AvroRecord[]): string {
  const nested = new Map<string, string>();
  const bodies: string[] = [];
  for (const record of records) {
    bodies.push(recordInterface(record, nested));
    bodies.push(recordInput(record));
  }
  const named = (suffix: string) => records.map((record) => `  '${record.namespace}.${record.name}': ${record.name}${suffix};\n`).join('');
  return [
    HEADER,
    ...[...nested.values()],
    ...bodies,
    `/** Records by full name, as read. */\nexport interface RecordTypes {\n${named('')}}\n`,
    `/** Records by full name, as written: members with a default may be left out. */\nexport interface RecordInputs {\n${named('Input')}}\n`,
  ].join('\n');
}

function recordInterface(record: AvroRecord, nested: Map<string, string>): string {
  const members = record.fields.map((field) => `${comment(field.doc, '  ')}  readonly ${field.name}: ${typeOf(field.type, nested)};\n`);
  return `${comment(record.doc, '')}export interface ${record.name} {\n${members.join('')}}\n`;
}

function recordInput(record: AvroRecord): string {
  const optional = record.fields.filter((field) => field.default !== undefined).map((field) => `'${field.name}'`);
  const doc = `/** ${record.name} as written. */\n`;
  if (optional.length === 0) return `${doc}export type ${record.name}Input = ${record.name};\n`;
  return `${doc}export type ${record.name}Input = Omit<${record.name}, ${optional.join(' | ')}> & Partial<Pick<${record.name}, ${optional.join(' | ')}>>;\n`;
}

function typeOf(type: AvroType, nested: Map<string, string>): string {
  if (Array.isArray(type)) return type.map((branch) => typeOf(branch, nested)).join(' | ');
  if (typeof type === 'string') return primitive(type);
  switch (type.type) {
    case 'array': {
      const items = typeOf(type.items, nested);
      return items.includes('|') ? `readonly (${items})[]` : `readonly ${items}[]`;
    }
    case 'map':
      return `Readonly<Record<string, ${typeOf(type.values, nested)}>>`;
    case 'record': {
      const text = recordInterface(type as AvroRecord, nested);
      const before = nested.get(type.name);
      if (before !== undefined && before !== text) throw new Error(`Two nested records named ${type.name} differ`);
      nested.set(type.name, text);
      return type.name;
    }
    default:
      return primitive(type.type);
  }
}

function primitive(name: string): string {
  switch (name) {
    case 'string':
      return 'string';
    case 'null':
      return 'null';
    case 'boolean':
      return 'boolean';
    case 'bytes':
      return 'Buffer';
    case 'int':
    case 'long':
    case 'float':
    case 'double':
      return 'number';
    default:
      return name;
  }
}

function comment(doc: AvroField['doc'], indent: string): string {
  return doc === undefined ? '' : `${indent}/** ${doc} */\n`;
}
