import { type Static, type TOptional, type TProperties, type TSchema, type TUnsafe, Type } from 'typebox';
import type { HttpsUrlRule } from './https-url.ts';
import type { SchemaNode } from './rule-of.ts';

/** An object with these members and no others. */
export function strictObject<Members extends TProperties>(members: Members, options: object = {}) {
  return Type.Object(members, { additionalProperties: false, ...options });
}

/** A map from any name. */
export function mapOf<Item extends TSchema>(item: Item): TUnsafe<Record<string, Static<Item>>> {
  return Type.Unsafe<Record<string, Static<Item>>>({ type: 'object', additionalProperties: item });
}

/** A map from names of this pattern. `unknownMember` is the rule that other names break. */
export function mapNamed<Item extends TSchema>(pattern: string, unknownMember: string, item: Item): TUnsafe<Record<string, Static<Item>>> {
  return Type.Unsafe<Record<string, Static<Item>>>({
    type: 'object',
    patternProperties: { [pattern]: item },
    additionalProperties: false,
    unknownMember,
  });
}

/** One of these texts or numbers. */
export function oneOf<const Choice extends string | number>(choices: readonly Choice[], options: object = {}): TUnsafe<Choice> {
  return Type.Unsafe<Choice>({ type: typeof choices[0] === 'string' ? 'string' : 'integer', enum: choices, ...options });
}

/** Text of 1 to `maxLength` characters. */
export function text(maxLength = 1_024) {
  return Type.String({ minLength: 1, maxLength });
}

/** An absolute https URL without user information. */
export function httpsUrl(rule: HttpsUrlRule = {}, options: object = {}) {
  return Type.String({ httpsUrl: rule, secret: true, rule: 'an https URL', ...options });
}

/** The member may be absent, and null counts as absent. The schema has one type. */
export function optional<Schema extends TSchema>(schema: Schema): TOptional<TUnsafe<Static<Schema> | null>> {
  const { type, enum: choices } = schema as SchemaNode;
  const withNull = { ...schema, type: [type, 'null'], ...(choices !== undefined && { enum: [...choices, null] }) };
  return Type.Optional(Type.Unsafe<Static<Schema> | null>(withNull));
}
