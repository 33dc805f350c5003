/** A schema as the mapping reads it: keywords of JSON Schema, and the annotations of this package. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  /** What the value must be, in words; default from the other keywords. */
  readonly rule?: string;
  /** The rule that a member breaks which the object does not have. */
  readonly unknownMember?: string;
  /** No message shows the value. */
  readonly secret?: boolean;
  /** Codes of its problems, by keyword or by kind of problem. */
  readonly codes?: Readonly<Record<string, string>>;
}

/** What a type is called, the word before a range with two ends, and what the range counts. */
const words: Readonly<Record<string, readonly [noun: string, before?: string, unit?: string]>> = {
  string: ['a string', 'of', ' characters'],
  integer: ['an integer', 'from'],
  number: ['a number', 'from'],
  boolean: ['true or false'],
  array: ['an array', 'of', ' items'],
  object: ['an object'],
};

/** What a value of the schema must be, in words: `an integer from 0 to 5`. */
export function ruleOf(schema: SchemaNode): string {
  if (schema.rule !== undefined) return schema.rule;
  const choices = schema.enum?.filter((value) => value !== null);
  if (choices !== undefined) return choices.map((value) => JSON.stringify(value)).join(' or ');
  const type = [schema.type].flat().find((name) => name !== 'null') ?? '';
  const [noun, before, unit = ''] = words[type] ?? ['another value'];
  const above = schema.exclusiveMinimum;
  const min = schema.minLength ?? schema.minimum ?? schema.minItems;
  const max = schema.maxLength ?? schema.maximum ?? schema.maxItems;
  if (above !== undefined) return `${noun} above ${above}${max === undefined ? '' : ` and up to ${max}`}`;
  if (min !== undefined && max !== undefined) return `${noun} ${before} ${min} to ${max}${unit}`;
  if (min !== undefined) return `${noun} of at least ${min}${unit}`;
  return max === undefined ? noun : `${noun} of at most ${max}${unit}`;
}
