import { oneOf, strictObject, type TSchema, Type } from '@switchboard/validation';
import type { FastifySchema } from 'fastify';
import { ADMIN_ERRORS, type AdminCode, adminCodes } from './problem.ts';

/** What a route says about itself, in the OpenAPI document too. */
export interface RouteDescription {
  /** Name of the operation in generated clients. */
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly params?: TSchema;
  readonly querystring?: TSchema;
  /** Names in lower case. */
  readonly headers?: TSchema;
  readonly body?: TSchema;
  readonly responses: Readonly<Record<number, ResponseDescription>>;
  /** What it refuses with, in addition to what every route does. */
  readonly problems: readonly AdminCode[];
}

export interface ResponseDescription {
  readonly description: string;
  /** Absent for a response without a body. */
  readonly schema?: TSchema;
  readonly example?: object;
  /** Header fields, names as documented. */
  readonly headers?: Readonly<Record<string, TSchema>>;
}

/** Every route refuses with these. */
const COMMON: readonly AdminCode[] = [
  'ERR_ADMIN_BAD_REQUEST',
  'ERR_ADMIN_UNAUTHENTICATED',
  'ERR_ADMIN_TOO_MANY_GUESSES',
  'ERR_ADMIN_INTERNAL',
];

/** A response that refuses a request. */
export const problemSchema = strictObject(
  {
    type: Type.String({ pattern: '^urn:switchboard:problem:ERR_', description: 'Made from the code.' }),
    title: Type.String({ description: 'The same for every problem of the code.' }),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    code: oneOf(adminCodes),
    detail: Type.String({ description: 'Member, rule and value, unless it is secret.' }),
    problems: Type.Optional(
      Type.Array(strictObject({ code: Type.String({ pattern: '^ERR_' }), member: Type.String(), message: Type.String() }), {
        minItems: 1,
        maxItems: 20,
        description: 'The first 20 members that break a rule.',
      }),
    ),
    problem_count: Type.Optional(Type.Integer({ minimum: 1, description: 'Number of all problems.' })),
    request_id: Type.String({ description: 'The log has the same.' }),
  },
  { title: 'Problem', description: 'RFC 9457 problem document.' },
);

/** The schema of a route for Fastify: its requests are validated, its responses described with every status. */
export function routeSchema({ responses, problems, ...described }: RouteDescription): FastifySchema {
  const codes = [...COMMON, ...problems];
  const statuses = new Set(codes.map((code) => ADMIN_ERRORS[code].status));
  return {
    ...described,
    security: [{ bearer: [] }],
    response: {
      ...Object.fromEntries(Object.entries(responses).map(([status, response]) => [status, success(response)])),
      ...Object.fromEntries([...statuses].map((status) => [status, refusal(codes.filter((code) => ADMIN_ERRORS[code].status === status))])),
    },
  };
}

function success({ description, schema, example, headers }: ResponseDescription): object {
  const shared = { description, ...(headers && { headers }) };
  if (schema === undefined) return { ...shared, type: 'null' };
  return { ...shared, content: { 'application/json': { schema, ...(example && { example }) } } };
}

/** The response of one status, with the first of its codes as the example. */
function refusal(codes: readonly AdminCode[]): object {
  const [code = 'ERR_ADMIN_INTERNAL'] = codes;
  const { status, title } = ADMIN_ERRORS[code];
  const example = { type: `urn:switchboard:problem:${code}`, title, status, code, detail: title, request_id: 'b7f0c6a2' };
  return {
    description: codes.map((one) => `${one}: ${ADMIN_ERRORS[one].title}.`).join(' '),
    content: { 'application/problem+json': { schema: problemSchema, example } },
  };
}
