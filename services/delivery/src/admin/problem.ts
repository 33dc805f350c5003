import type { InstallProblem } from '@switchboard/app-installs';
import type { FastifyReply } from 'fastify';

/** Closed list of what the admin API refuses with. */
export const ADMIN_ERRORS = {
  ERR_ADMIN_UNAUTHENTICATED: { status: 401, title: 'Authentication is required' },
  ERR_ADMIN_FORBIDDEN: { status: 403, title: 'The token does not allow this' },
  ERR_ADMIN_NOT_FOUND: { status: 404, title: 'Not found' },
  ERR_ADMIN_BAD_REQUEST: { status: 400, title: 'The request is malformed' },
  ERR_ADMIN_INVALID_DOCUMENT: { status: 422, title: 'The document is invalid' },
  ERR_ADMIN_VERSION_REQUIRED: { status: 428, title: 'The version is required' },
  ERR_ADMIN_VERSION_MISMATCH: { status: 412, title: 'The version is another' },
  ERR_ADMIN_UNAVAILABLE: { status: 503, title: 'Kafka is not available' },
  ERR_ADMIN_OUTCOME_UNKNOWN: { status: 503, title: 'Whether the change was written is unknown' },
  ERR_ADMIN_INTERNAL: { status: 500, title: 'Internal error' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type AdminCode = keyof typeof ADMIN_ERRORS;

/** What the admin API finds wrong with a document beside its reader. */
export type AddressCode =
  /** An endpoint is at a literal address that may not be connected to. */
  'ERR_INSTALL_ADDRESS';

/** A literal address in an endpoint that may not be connected to, beside what the document reader finds. */
export interface AddressProblem {
  readonly code: AddressCode;
  readonly member: string;
  readonly message: string;
}

export interface AdminProblem {
  readonly code: AdminCode;
  readonly detail: string;
  /** Members and the rules that they break: the first 20. */
  readonly problems?: readonly (InstallProblem | AddressProblem)[];
  /** Number of all problems. */
  readonly problemCount?: number;
}

/** Answers with an RFC 9457 problem document. */
export function sendProblem(reply: FastifyReply, { code, detail, problems, problemCount }: AdminProblem): FastifyReply {
  const { status, title } = ADMIN_ERRORS[code];
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (status === 503) reply.header('retry-after', '5');
  const document = {
    type: `urn:switchboard:problem:${code}`,
    title,
    status,
    code,
    detail,
    ...(problems === undefined ? {} : { problems, problem_count: problemCount ?? problems.length }),
  };
  // Serialized here: the content type would otherwise be Fastify's.
  return reply.code(status).type('application/problem+json').send(JSON.stringify(document));
}
