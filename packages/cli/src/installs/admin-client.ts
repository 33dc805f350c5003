import { request } from 'undici';
import type { CliConfig } from '../config.ts';
import { UsageError } from '../usage-error.ts';

/** What the admin API answered. */
export interface AdminAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Version of the install, for If-Match. */
  readonly etag: string | undefined;
}

/** Calls the admin API with the operator's token. Rejects with UsageError where the API refuses, with its own words. */
export interface AdminClient {
  call(
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    path: string,
    options?: { readonly body?: unknown; readonly ifMatch?: string },
  ): Promise<AdminAnswer>;
}

export function createAdminClient(config: CliConfig): AdminClient {
  const { adminToken, adminUrl } = config;
  if (adminToken === undefined) throw new UsageError('SWITCHBOARD_ADMIN_TOKEN: must be set to talk to the admin API');
  return {
    async call(method, path, { body, ifMatch } = {}) {
      const answer = await request(`${adminUrl}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${adminToken}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const text = await answer.body.text();
      const parsed = parse(text);
      if (answer.statusCode >= 400)
        throw new UsageError(`${method} ${path} was refused with ${answer.statusCode}: ${describeProblem(parsed)}`);
      const { etag } = answer.headers;
      return { status: answer.statusCode, body: parsed, etag: typeof etag === 'string' ? etag : undefined };
    },
  };
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text;
  }
}

/** RFC 9457: the detail and every problem of the document. */
function describeProblem(problem: unknown): string {
  return typeof problem === 'string' ? problem : JSON.stringify(problem, null, 2);
}
