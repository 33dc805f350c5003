import type { ErrorObject } from 'ajv';
import type { Keywords } from './keywords.ts';
import { memberPath, memberPathOf, shown } from './member-path.ts';
import { ruleOf, type SchemaNode } from './rule-of.ts';

/** Closed list of the kinds of problems. */
export type ProblemKind =
  /** A mandatory member is absent. */
  | 'missing'
  /** A member that the object does not have. */
  | 'unknown'
  /** A member has another JSON type. */
  | 'type'
  /** A member has the type, and breaks another rule. */
  | 'value';

/** One thing wrong with a value. */
export interface Problem<Code extends string = ProblemKind> {
  readonly code: Code;
  /** Path of the member, for example `capabilities.webhooks["x.y"].endpoint`; empty for the value as a whole. */
  readonly member: string;
  /** End of a sentence that begins with the member: `must be an https URL`. */
  readonly rule: string;
  /** The value as a message shows it; absent if it is secret or there is none. */
  readonly value?: string;
}

/** A problem in one sentence: member, rule and value. `root` names the value as a whole. */
export function messageOf({ member, rule, value }: Problem<string>, root = 'the document'): string {
  return `${member === '' ? root : member} ${rule}${value === undefined ? '' : ` (got ${value})`}`;
}

/** What a problem is described by in addition to the error. */
export interface Described<Code extends string> {
  readonly value: unknown;
  /** Path of the value. */
  readonly path: string;
  readonly context: unknown;
  readonly codes: Readonly<Record<ProblemKind, Code>>;
  readonly keywords: Keywords;
}

/** The member that an error of ajv is about and its object does not have or should not have. */
export function namedMember({ keyword, params }: ErrorObject): string | undefined {
  if (keyword === 'required') return params.missingProperty as string;
  return keyword === 'additionalProperties' ? (params.additionalProperty as string) : undefined;
}

/** The problem that an error of ajv is, from a validator with `verbose`. */
export function problemOf<Code extends string>(error: ErrorObject, described: Described<Code>): Problem<Code> {
  const { value, path, context, keywords, codes } = described;
  const schema = error.parentSchema as SchemaNode;
  const code = (kind: ProblemKind): Code => ((schema.codes?.[error.keyword] ?? schema.codes?.[kind]) as Code | undefined) ?? codes[kind];
  const member = memberPathOf(path, error.instancePath, value);
  const name = namedMember(error);
  if (name !== undefined) {
    const isMissing = error.keyword === 'required';
    return {
      code: code(isMissing ? 'missing' : 'unknown'),
      member: memberPath(member, name),
      rule: isMissing ? `is mandatory: ${ruleOf(schema.properties?.[name] ?? {})}` : unknownMember(schema),
    };
  }
  const keyword = Object.hasOwn(keywords, error.keyword) ? keywords[error.keyword] : undefined;
  const broken = keyword?.broken(error.schema, error.data, context);
  if (broken !== undefined) {
    const { rule, at = [] } = broken;
    const isHidden = 'value' in broken || schema.secret === true || typeof error.data === 'object';
    const text = isHidden ? broken.value : shown(error.data);
    return withValue({ code: code('value'), member: at.reduce<string>(memberPath, member), rule }, text);
  }
  const problem = { code: code(kindOf(error)), member, rule: `must be ${ruleOf(schema)}` };
  // A text in place of an object or an array may be the secret of a member within it.
  const isHidden = schema.secret === true || (typeof error.data === 'string' && hasSecret(schema));
  return withValue(problem, isHidden ? undefined : shown(error.data));
}

/** Whether a schema, or one within it, is of a secret. */
function hasSecret(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  return ('secret' in schema && schema.secret === true) || Object.values(schema).some(hasSecret);
}

function withValue<Code extends string>(problem: Problem<Code>, value: string | undefined): Problem<Code> {
  return value === undefined ? problem : { ...problem, value };
}

function unknownMember({ unknownMember: rule, properties = {} }: SchemaNode): string {
  return rule ?? `is not a member here; members are ${Object.keys(properties).join(', ')}`;
}

/** A number that is not an integer has the JSON type of an integer, and breaks its rule. */
function kindOf({ keyword, params, data }: ErrorObject): ProblemKind {
  const isFraction = typeof data === 'number' && [params.type].flat().includes('integer');
  return keyword === 'type' && !isFraction ? 'type' : 'value';
}
