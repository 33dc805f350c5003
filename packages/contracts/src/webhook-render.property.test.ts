import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EventType, eventTypes } from './event-types.ts';
import { asEvent } from './events.ts';
import { createOfflineCodec } from './offline-codec.ts';
import { recordType } from './schema-types.ts';
import { plainWebhookBody } from './testing/plain-webhook-body.ts';
import { toWebhookBody } from './webhook-body.ts';

const codec = createOfflineCodec();
const types = Object.keys(eventTypes) as EventType[];

/** JSON texts in any form, and texts that are no JSON. */
const jsonText = fc.oneof(
  fc.json(),
  fc.json().map((text) => ` ${text.replaceAll(',', ' ,\n').replaceAll(':', ' : ')}`),
  fc.constantFrom('{}', 'null', '[]', '', ' ', '{', '1.0', '-0', '1e2', '12345678901234567890', '"\\u0041\\/"'),
  fc.constantFrom('{"b":1,"a":2,"b":3}', '{"2":0,"1":0}', '{"__proto__":{"a":1}}', '{"toJSON":1}', '"\\ud800"', '{"a":null}'),
);
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), jsonText, fc.constantFrom('', '"\\\u0000\u2028\ud800', 'null'));

interface AvroType {
  readonly type: unknown;
  readonly items?: unknown;
  readonly values?: unknown;
  readonly symbols?: readonly string[];
  readonly fields?: readonly { readonly name: string; readonly type: unknown }[];
}

/** Values of an Avro type; records of a name that came before are looked up. */
function valuesOf(type: unknown, known: Map<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => valuesOf(one, known)));
  if (typeof type === 'object' && type !== null) return valuesOfComplex(type as AvroType & { name?: string }, known);
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'string':
      return text;
    case 'boolean':
      return fc.boolean();
    case 'int':
      return fc.integer();
    case 'long':
      return fc.integer({ min: -(2 ** 52), max: 2 ** 52 });
    case 'double':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    default: {
      const found = known.get(String(type));
      if (found === undefined) throw new Error(`no values for the type ${String(type)}`);
      return found;
    }
  }
}

function valuesOfComplex(type: AvroType & { readonly name?: string }, known: Map<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  switch (type.type) {
    case 'array':
      return fc.array(valuesOf(type.items, known), { maxLength: 3 });
    case 'map':
      return fc.dictionary(
        fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
        valuesOf(type.values, known),
        { maxKeys: 3 },
      );
    case 'enum':
      return fc.constantFrom(...(type.symbols ?? []));
    case 'record': {
      const members = (type.fields ?? []).map((field) => [field.name, valuesOf(field.type, known)] as const);
      const record = fc.record(Object.fromEntries(members));
      if (type.name !== undefined) known.set(type.name, record);
      return record;
    }
    default:
      return valuesOf(type.type, known);
  }
}

describe('the compiled rendering of version 1', () => {
  it.each(types)('of %s gives the text that JSON.stringify gives of the plain body, for 300 records', (type) => {
    const { record: name } = eventTypes[type];
    // As the library prints it: names are qualified, and logical types are plain.
    const schema = JSON.parse(JSON.stringify(recordType(name).schema()));
    fc.assert(
      fc.property(valuesOf(schema, new Map()), (value) => {
        const decoded = codec.decodeAny(codec.encode(name, value as never));
        const event = asEvent(type, decoded);
        if (event === undefined) throw new Error(`the record is no ${type}`);
        expect(toWebhookBody(event)).toBe(plainWebhookBody(event));
      }),
      { numRuns: 300 },
    );
  });
});
