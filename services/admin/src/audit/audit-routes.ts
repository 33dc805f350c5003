import type { Caller } from '@switchboard/app-installs';
import type { AuditRecord } from '@switchboard/contracts';
import { type Static, strictObject, Type } from '@switchboard/validation';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { nextSchema, pageQuerySchema } from '../http/page.ts';
import { routeSchema } from '../http/route-schema.ts';
import { auditPage, CURSOR_PATTERN } from './audit-page.ts';
import type { AuditWindow } from './audit-window.ts';

export interface AuditRoutesParts {
  readonly audit: Pick<AuditWindow, 'entries' | 'complete'>;
  readonly callerOf: (request: FastifyRequest) => Caller;
}

const DEFAULT_LIMIT = 100;

const textOrNull = (description: string) => Type.Unsafe<string | null>({ type: ['string', 'null'], description });

const recordSchema = strictObject(
  {
    at: textOrNull('When the change was made. In UTC.'),
    request_id: Type.String({ description: 'Of the request; the log has the same.' }),
    actor: Type.String({ description: 'Name of the token, or of the service.' }),
    role: textOrNull('Of the token; null for a service.'),
    action: Type.String({ description: 'What was done, such as install.apply.' }),
    target_kind: Type.String(),
    target_id: Type.String(),
    tenants: Type.Unsafe<string[] | null>({
      type: ['array', 'null'],
      items: { type: 'string' },
      description: 'Tenants that the target named before or after; null where it named none.',
    }),
    hash_before: textOrNull('SHA-256 of the state before, without its secrets; null where there was none.'),
    hash_after: textOrNull('SHA-256 of the state after, without its secrets; null where there is none.'),
    outcome: Type.String(),
    code: textOrNull('Why it was not done.'),
  },
  { title: 'AuditRecord', description: 'A change and who made it.' },
);

const pageSchema = strictObject(
  {
    audit_records: Type.Array(recordSchema, { description: 'Newest first.' }),
    next: nextSchema,
    window: strictObject({
      records: Type.Integer({ minimum: 0, description: 'Records that pages are made of: the newest of the topic.' }),
      complete: Type.Boolean({ description: 'Whether these are all.' }),
      oldest: textOrNull('Time of the oldest one. In UTC.'),
    }),
  },
  { title: 'AuditPage', description: 'A page of audit records.' },
);

const querySchema = strictObject({
  limit: pageQuerySchema.properties.limit,
  after: Type.Optional(
    Type.String({
      pattern: CURSOR_PATTERN,
      rule: 'the value of next in the page before',
      description: 'The value of `next` in the page before.',
      examples: ['1767225600000.0.41'],
    }),
  ),
  install: Type.Optional(Type.String({ maxLength: 128, description: 'Records of this install only.', examples: ['help-desk'] })),
});

const exampleRecord = {
  at: '2026-01-01T00:00:00.000Z',
  request_id: 'b7f0c6a2',
  actor: 'ops',
  role: 'operator',
  action: 'install.apply',
  target_kind: 'install',
  target_id: 'help-desk',
  tenants: null,
  hash_before: null,
  hash_after: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  outcome: 'done',
  code: null,
};

const schema = routeSchema({
  operationId: 'listAuditRecords',
  summary: 'List changes and who made them',
  description: 'Records of the targets that the token may see, newest first.',
  querystring: querySchema,
  responses: {
    200: {
      description: 'A page.',
      schema: pageSchema,
      example: { audit_records: [exampleRecord], next: null, window: { records: 1, complete: true, oldest: exampleRecord.at } },
    },
  },
  problems: [],
});

interface Query {
  Querystring: Static<typeof querySchema>;
}

/** Registers the route of the audit records. Every request has a caller already. */
export function auditRoutes(server: FastifyInstance, { audit, callerOf }: AuditRoutesParts): void {
  server.get<Query>('/v1/audit', { schema }, async (request) => {
    const { limit = DEFAULT_LIMIT, after, install } = request.query;
    const all = audit.entries();
    const page = auditPage(all, { caller: callerOf(request), limit, after, install });
    const complete = audit.complete();
    return {
      audit_records: page.entries.map(({ record }) => recordResponse(record)),
      next: page.next,
      /** What the pages are made of: the newest records of the topic. */
      window: { records: all.length, complete, oldest: timeOf(all.at(-1)?.record.at) },
    };
  });
}

function timeOf(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}

function recordResponse(record: AuditRecord) {
  return {
    at: timeOf(record.at),
    request_id: record.requestId,
    actor: record.actor,
    role: record.role,
    action: record.action,
    target_kind: record.targetKind,
    target_id: record.targetId,
    tenants: record.tenants,
    hash_before: record.hashBefore,
    hash_after: record.hashAfter,
    outcome: record.outcome,
    code: record.code,
  };
}
