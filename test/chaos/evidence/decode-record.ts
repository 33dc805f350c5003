import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import avro from 'avsc';

const SCHEMAS = fileURLToPath(new URL('../../../schemas/', import.meta.url));
/** Byte 0 and the id of the schema. */
const FRAMING_BYTES = 5;

/** Decodes values in the registry's wire format with the schemas of the checkout, which is what the run wrote with. */
export function createDecoder(): (name: string, value: Buffer) => unknown {
  const types = new Map<string, avro.Type>();
  for (const file of readdirSync(SCHEMAS).filter((name) => name.endsWith('.avsc'))) {
    types.set(file.replace(/\.avsc$/, ''), avro.Type.forSchema(JSON.parse(readFileSync(SCHEMAS + file, 'utf8')) as avro.Schema));
  }
  return (name, value) => {
    const type = types.get(name);
    if (type === undefined) throw new Error(`there is no schema of ${name}`);
    if (value[0] !== 0) throw new Error(`the value of a ${name} is not in the registry's format`);
    return type.fromBuffer(value.subarray(FRAMING_BYTES));
  };
}
