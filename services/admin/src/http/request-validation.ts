import { installKeywords } from '@switchboard/app-installs';
import { type Checked, createValidator, messageOf, type TSchema } from '@switchboard/validation';
import type { FastifySchemaCompiler } from 'fastify';
import type { AdminProblem, RequestProblemCode } from './problem.ts';

const codes = {
  missing: 'ERR_REQUEST_MISSING',
  unknown: 'ERR_REQUEST_UNKNOWN_MEMBER',
  type: 'ERR_REQUEST_WRONG_TYPE',
  value: 'ERR_REQUEST_OUT_OF_RANGE',
} as const;

/** Where a part is in a request, in front of the names of its members. */
const paths: Readonly<Record<string, string>> = { params: 'path', querystring: 'query', headers: 'headers', body: '' };

/** The value that the handler gets, or why the request is refused. */
export type ReadOutcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: AdminProblem };

/** A body that more than its schema decides on, by the schema. */
export type BodyReaders = ReadonlyMap<unknown, (body: unknown) => ReadOutcome>;

/** What Fastify gives to the error handler for a request that breaks its schema. */
export class RefusedRequest extends Error {
  readonly problem: AdminProblem;

  constructor(problem: AdminProblem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** Validates every part of a request with the validation layer, in place of Fastify's own ajv. */
export function requestValidatorCompiler(readers: BodyReaders): FastifySchemaCompiler<TSchema> {
  return ({ schema, httpPart = 'body' }) => {
    const read = readers.get(schema) ?? partReader(schema, httpPart);
    return (value: unknown) => {
      const outcome = read(value);
      return outcome.ok ? { value: outcome.value } : { error: new RefusedRequest(outcome.problem) };
    };
  };
}

function partReader(schema: TSchema, httpPart: string): (value: unknown) => ReadOutcome {
  const validator = createValidator(schema, { codes, keywords: installKeywords });
  const path = paths[httpPart] ?? '';
  return (value) => {
    const checked = validator.check(httpPart === 'querystring' ? withIntegers(value, schema) : value, { path });
    return checked.ok ? checked : { ok: false, problem: badRequest(checked) };
  };
}

/** A query has texts only: a member that must be an integer is read as one. */
function withIntegers(query: unknown, schema: TSchema): unknown {
  const { properties = {} } = schema as { readonly properties?: Readonly<Record<string, { readonly type?: unknown }>> };
  const entries = Object.entries(query as Readonly<Record<string, unknown>>).map(([name, value]): [string, unknown] => {
    const isInteger = Object.hasOwn(properties, name) && properties[name]?.type === 'integer';
    return [name, isInteger && typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value];
  });
  return Object.fromEntries(entries);
}

function badRequest({ problems, problemCount }: Extract<Checked<unknown, RequestProblemCode>, { ok: false }>): AdminProblem {
  const shown = problems.map((problem) => ({ code: problem.code, member: problem.member, message: messageOf(problem, 'the body') }));
  const more = problemCount === 1 ? '' : ` (and ${problemCount - 1} more)`;
  return { code: 'ERR_ADMIN_BAD_REQUEST', detail: `${shown[0]?.message ?? ''}${more}`, problems: shown, problemCount };
}
