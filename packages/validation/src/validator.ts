import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Static, TSchema } from 'typebox';
import { commonKeywords, type Keywords } from './keywords.ts';
import { namedMember, type Problem, type ProblemKind, problemOf } from './problem.ts';

/** Most problems of one value that are described. */
const MAX_PROBLEMS = 20;

export type Checked<Value, Code extends string = ProblemKind> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      /** The first 20. */
      readonly problems: readonly Problem<Code>[];
      /** Number of all problems. */
      readonly problemCount: number;
    };

export interface ValidatorOptions<Code extends string> {
  /** The code of each kind of problem; `codes` of a schema counts before it. Default: the kind. */
  readonly codes?: Readonly<Record<ProblemKind, Code>>;
  /** Keywords of the schema in addition to those of this package. */
  readonly keywords?: Keywords;
}

export interface CheckOptions {
  /** Path of the value, in front of the paths of its members. */
  readonly path?: string;
  /** What keywords get. */
  readonly context?: unknown;
}

export interface Validator<Value, Code extends string = ProblemKind> {
  /** The value as it is, with its type, or what is wrong with it: each member once, all members. Never throws, changes nothing. */
  check(value: unknown, options?: CheckOptions): Checked<Value, Code>;
}

const kinds: Readonly<Record<ProblemKind, ProblemKind>> = { missing: 'missing', unknown: 'unknown', type: 'type', value: 'value' };

/** What schemas say to the mapping of errors, and ajv ignores. */
const annotations = ['rule', 'unknownMember', 'secret', 'codes'];

/** A validator of a schema, compiled at its first use. A schema that ajv cannot compile throws there. */
export function createValidator<Schema extends TSchema, Code extends string = ProblemKind>(
  schema: Schema,
  { codes = kinds as Readonly<Record<ProblemKind, Code>>, keywords: added = {} }: ValidatorOptions<Code> = {},
): Validator<Static<Schema>, Code> {
  const keywords = { ...commonKeywords, ...added };
  let compiled: ValidateFunction | undefined;
  return {
    check(value, { path = '', context } = {}) {
      compiled ??= compile(schema, keywords);
      if (compiled.call(context as object, value)) return { ok: true, value: value as Static<Schema> };
      const errors = firstOfEachMember(compiled.errors ?? []);
      const described = { value, path, context, codes, keywords };
      return {
        ok: false,
        problems: errors.slice(0, MAX_PROBLEMS).map((error) => problemOf(error, described)),
        problemCount: errors.length,
      };
    },
  };
}

function compile(schema: TSchema, keywords: Keywords): ValidateFunction {
  const ajv = new Ajv({
    allErrors: true,
    coerceTypes: false,
    removeAdditional: false,
    useDefaults: false,
    strict: true,
    // TypeBox types the schemas; compiling the schema of schemas would take longer than the rest.
    meta: false,
    validateSchema: false,
    // Errors have the schema and the value, and no message: problems are described from these, and only the first 20 of them.
    verbose: true,
    messages: false,
    // `__proto__` and inherited members are no members.
    ownProperties: true,
    passContext: true,
  });
  ajv.addVocabulary(annotations);
  for (const [name, { type, broken }] of Object.entries(keywords)) {
    ajv.addKeyword({
      keyword: name,
      ...(type !== undefined && { type }),
      errors: false,
      validate(this: unknown, parameter: unknown, value: unknown) {
        return broken(parameter, value, this) === undefined;
      },
    });
  }
  return ajv.compile(schema);
}

/** One value may break several keywords of its schema: the first of them describes it. */
function firstOfEachMember(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const first = new Map<string, ErrorObject>();
  for (const error of errors) {
    const name = namedMember(error);
    const pointer = name === undefined ? error.instancePath : `${error.instancePath}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!first.has(pointer)) first.set(pointer, error);
  }
  return [...first.values()];
}
