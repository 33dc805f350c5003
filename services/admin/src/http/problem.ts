import type { InstallProblemCode } from '@switchboard/app-installs';
import type { FastifyReply } from 'fastify';

/** Closed list of what the admin API refuses with. */
export const ADMIN_ERRORS = {
  ERR_ADMIN_UNAUTHENTICATED: { status: 401, title: 'Authentication is required' },
  ERR_ADMIN_TOO_MANY_GUESSES: { status: 429, title: 'Too many requests without a valid token' },
  ERR_ADMIN_FORBIDDEN: { status: 403, title: 'The token does not allow this' },
  ERR_ADMIN_NOT_FOUND: { status: 404, title: 'Not found' },
  ERR_ADMIN_ID_TAKEN: { status: 409, title: 'The id is not available' },
  ERR_ADMIN_BAD_REQUEST: { status: 400, title: 'The request is malformed' },
  ERR_ADMIN_UNSUPPORTED_MEDIA: { status: 415, title: 'The body is not plain JSON in UTF-8' },
  ERR_ADMIN_INVALID_DOCUMENT: { status: 422, title: 'The document is invalid' },
  ERR_ADMIN_VERSION_REQUIRED: { status: 428, title: 'The version is required' },
  ERR_ADMIN_VERSION_MISMATCH: { status: 412, title: 'The version does not match' },
  ERR_ADMIN_UNAVAILABLE: { status: 503, title: 'Kafka is not available' },
  ERR_ADMIN_OUTCOME_UNKNOWN: { status: 503, title: 'The change may or may not be written' },
  ERR_ADMIN_INTERNAL: { status: 500, title: 'Internal error' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type AdminCode = keyof typeof ADMIN_ERRORS;

export const adminCodes = Object.keys(ADMIN_ERRORS) as AdminCode[];

/** What the admin API finds wrong with a document in addition to the document reader. */
export type AddressCode =
  /** An endpoint is at a literal address that attempts are not allowed to connect to. */
  'ERR_INSTALL_ADDRESS';

/** Closed list of what can be wrong with a path, a query, a header or a body that is not an install document. */
export type RequestProblemCode =
  /** A mandatory value is absent. */
  | 'ERR_REQUEST_MISSING'
  /** A value that this request does not have. */
  | 'ERR_REQUEST_UNKNOWN_MEMBER'
  /** A value has another JSON type. */
  | 'ERR_REQUEST_WRONG_TYPE'
  /** A value is outside its range or form. */
  | 'ERR_REQUEST_OUT_OF_RANGE';

/** One thing wrong with a request. */
export interface MemberProblem {
  readonly code: InstallProblemCode | AddressCode | RequestProblemCode;
  /** Path of the member: `capabilities.webhooks["x.Y"].endpoint`, `query.limit`. */
  readonly member: string;
  /** Member, rule and value in one sentence; never a secret. */
  readonly message: string;
}

export interface AdminProblem {
  readonly code: AdminCode;
  readonly detail: string;
  /** Members and the rules that they break: the first 20. */
  readonly problems?: readonly MemberProblem[];
  /** Number of all problems. */
  readonly problemCount?: number;
  /** Seconds after which the request may be sent again. Default 5 for a status of 503. */
  readonly retryAfterSeconds?: number;
}

/** Responds with an RFC 9457 problem document. */
export function sendProblem(reply: FastifyReply, problem: AdminProblem): FastifyReply {
  const { code, detail, problems, problemCount } = problem;
  const { status, title } = ADMIN_ERRORS[code];
  const { retryAfterSeconds = status === 503 ? 5 : undefined } = problem;
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  const document = {
    type: `urn:switchboard:problem:${code}`,
    title,
    status,
    code,
    detail,
    ...(problems === undefined ? {} : { problems, problem_count: problemCount ?? problems.length }),
    request_id: reply.request.id,
  };
  // Serialized here: the content type would otherwise be Fastify's.
  return reply.code(status).type('application/problem+json').send(JSON.stringify(document));
}
