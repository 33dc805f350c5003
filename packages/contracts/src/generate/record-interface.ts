import type { AvroField, AvroRecord, AvroType } from './avro-schema.ts';

/** The interface of a record as it is read; nested records are named. */
export function recordInterface(record: AvroRecord): string {
  const members = record.fields.map((field) => `${comment(field.doc, '  ')}  readonly ${field.name}: ${typeOf(field.type)};\n`);
  return `${comment(record.doc, '')}export interface ${record.name} {\n${members.join('')}}\n`;
}

/** The type of a record as it is written: members with a default may be left out. */
export function recordInput(record: AvroRecord): string {
  const optional = record.fields.filter((field) => field.default !== undefined).map((field) => `'${field.name}'`);
  const doc = `/** ${record.name} as written. */\n`;
  if (optional.length === 0) return `${doc}export type ${record.name}Input = ${record.name};\n`;
  return `${doc}export type ${record.name}Input = Omit<${record.name}, ${optional.join(' | ')}> & Partial<Pick<${record.name}, ${optional.join(' | ')}>>;\n`;
}

/** The records that the type names, not those within them. */
export function recordsNamedBy(type: AvroType): AvroRecord[] {
  if (typeof type === 'string') return [];
  if (Array.isArray(type)) return type.flatMap(recordsNamedBy);
  switch (type.type) {
    case 'array':
      return recordsNamedBy(type.items);
    case 'map':
      return recordsNamedBy(type.values);
    case 'record':
      return [type];
    default:
      return [];
  }
}

/** The record and every one within it, each after those that it names. */
export function recordsWithin(record: AvroRecord): AvroRecord[] {
  return [...record.fields.flatMap(({ type }) => recordsNamedBy(type)).flatMap(recordsWithin), record];
}

function typeOf(type: AvroType): string {
  if (Array.isArray(type)) return type.map(typeOf).join(' | ');
  if (typeof type === 'string') return primitive(type);
  switch (type.type) {
    case 'array': {
      const items = typeOf(type.items);
      return items.includes('|') ? `readonly (${items})[]` : `readonly ${items}[]`;
    }
    case 'map':
      return `Readonly<Record<string, ${typeOf(type.values)}>>`;
    case 'record':
      return type.name;
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
