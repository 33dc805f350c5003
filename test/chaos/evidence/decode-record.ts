import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import avro from 'avsc';

const SCHEMAS = fileURLToPath(new URL('../../../schemas/', import.meta.url));
/** Byte 0 and the id of the schema. */
const FRAMING_BYTES = 5;

/** Schemas by their id in the registry, as JSON text. */
export type WriterSchemas = Readonly<Record<string, string>>;

/** Id in the registry of the schema that a value was written with. */
export const writerIdOf = (value: Buffer): number => value.readUInt32BE(1);

/**
 * Decodes values in the registry's wire format into the schemas of the checkout. Values are taken for written with these unless
 * `writers` has the schema that a value names: that of another release.
 */
export function createDecoder(writers: WriterSchemas = {}): (name: string, value: Buffer) => unknown {
  const types = new Map<string, avro.Type>();
  for (const file of readdirSync(SCHEMAS).filter((name) => name.endsWith('.avsc'))) {
    types.set(file.replace(/\.avsc$/, ''), avro.Type.forSchema(JSON.parse(readFileSync(SCHEMAS + file, 'utf8')) as avro.Schema));
  }
  const resolvers = new Map<number, avro.Resolver>();
  function resolverOf(type: avro.Type, id: number): avro.Resolver | undefined {
    const text = writers[id];
    if (text === undefined) return undefined;
    const known = resolvers.get(id) ?? type.createResolver(avro.Type.forSchema(JSON.parse(text) as avro.Schema));
    resolvers.set(id, known);
    return known;
  }
  return (name, value) => {
    const type = types.get(name);
    if (type === undefined) throw new Error(`there is no schema of ${name}`);
    if (value[0] !== 0) throw new Error(`the value of a ${name} is not in the registry's format`);
    return type.fromBuffer(value.subarray(FRAMING_BYTES), resolverOf(type, writerIdOf(value)));
  };
}
