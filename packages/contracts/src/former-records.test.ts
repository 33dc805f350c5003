import { describe, expect, it } from 'vitest';
import { createCodec } from './codec.ts';
import { parseSchema, recordNames, recordType } from './schema-types.ts';
import { formerRecord, goldenRecord, schemaHistory } from './testing/golden-files.ts';

const FORMER_ID = 900;

const former = recordNames.flatMap((name) =>
  schemaHistory(name)
    .slice(0, -1)
    .map((schema, index) => ({ name, version: index + 1, schema })),
);

interface Field {
  readonly name: string;
  readonly default?: unknown;
}

const fieldsOf = (schema: object) => (schema as { readonly fields: readonly Field[] }).fields;
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('a record that a former build wrote', () => {
  it.each(former)(
    '$name, version $version, is read with the members that came since at their defaults',
    async ({ name, version, schema }) => {
      const { value, hex } = formerRecord(name, version);
      const codec = createCodec({ ids: new Map([[name, 1]]), fetch: async () => schema });
      const head = Buffer.alloc(5);
      head.writeInt32BE(FORMER_ID, 1);
      const bytes = Buffer.concat([head, Buffer.from(hex, 'hex')]);
      await codec.ensure(bytes);
      const known = new Set(fieldsOf(schema).map((field) => field.name));
      const current = fieldsOf(schemaHistory(name).at(-1) ?? {});
      const added = current.filter((field) => !known.has(field.name)).map((field) => [field.name, field.default]);
      expect(plain(codec.decode(name, bytes))).toEqual({ ...plain(value), ...Object.fromEntries(added) });
    },
  );
});

describe('a record that this build writes', () => {
  it.each(former)('$name is read by the build of version $version, as during a roll-back', ({ name, version, schema }) => {
    const reader = parseSchema(schema);
    const read = reader.fromBuffer(Buffer.from(goldenRecord(name).hex, 'hex'), reader.createResolver(recordType(name)));
    expect(plain(read)).toEqual(plain(formerRecord(name, version).value));
  });
});
