import type { Caller } from '@switchboard/app-installs';
import type { AuditRecord } from '@switchboard/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { auditPage, CURSOR_PATTERN } from './audit-page.ts';
import type { AuditWindow } from './audit-window.ts';

export interface AuditRoutesParts {
  readonly audit: Pick<AuditWindow, 'entries' | 'complete'>;
  readonly callerOf: (request: FastifyRequest) => Caller;
}

const DEFAULT_LIMIT = 100;

const querySchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    // Text, because nothing is coerced: 1 to 1,000.
    limit: { type: 'string', pattern: '^([1-9][0-9]{0,2}|1000)$' },
    after: { type: 'string', pattern: CURSOR_PATTERN },
    install: { type: 'string', maxLength: 128 },
  },
};

interface Query {
  Querystring: { limit?: string; after?: string; install?: string };
}

/** Registers the route of the audit records. Every request has a caller already. */
export function auditRoutes(server: FastifyInstance, { audit, callerOf }: AuditRoutesParts): void {
  server.get<Query>('/v1/audit', { schema: { querystring: querySchema } }, async (request) => {
    const { limit = String(DEFAULT_LIMIT), after, install } = request.query;
    const all = audit.entries();
    const page = auditPage(all, { caller: callerOf(request), limit: Number(limit), after, install });
    const complete = audit.complete();
    return {
      audit_records: page.entries.map(({ record }) => answerOf(record)),
      next: page.next,
      /** What the pages are made of: the newest records of the topic. */
      window: { records: all.length, complete, oldest: timeOf(all.at(-1)?.record.at) },
    };
  });
}

function timeOf(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}

function answerOf(record: AuditRecord) {
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
