import type { AvroRecord } from './avro-schema.ts';

/** A module with the schemas as data, so that a service needs no file beside its code. */
export function generateSchemaModule(records: readonly AvroRecord[]): string {
  const entries = records.map((record) => `  '${record.namespace}.${record.name}': ${JSON.stringify(JSON.stringify(record))},\n`);
  return `// Generated from schemas/*.avsc by \`npm run generate\`. Do not edit.\n\n/** Schema text by full record name. */\nexport const schemaTexts = {\n${entries.join('')}} as const;\n`;
}
