import { StackError } from '../errors.ts';

export interface AdminApi {
  readonly url: string;
  /** Bearer token of an operator. */
  readonly token: string;
}

export interface AppliedInstall {
  readonly version: number;
  /** Given once, to an install made without one. */
  readonly signingSecret: string | undefined;
}

const TIMEOUT_MS = 15_000;

/** Creates the install, or replaces the version that is there. Throws ERR_STACK_REFUSED with the API's answer. */
export async function applyInstall(api: AdminApi, id: string, document: object): Promise<AppliedInstall> {
  const path = `/v1/app-installs/${encodeURIComponent(id)}`;
  const present = await call(api, 'GET', path);
  const version = present.headers.get('etag');
  const conditions = present.status === 200 && version !== null ? { 'if-match': version } : { 'if-none-match': '*' };
  const answer = await call(api, 'PUT', path, document, conditions);
  const text = await answer.text();
  if (!answer.ok)
    throw new StackError('ERR_STACK_REFUSED', `the admin API refused install ${id}: ${answer.status} ${text.slice(0, 2_000)}`);
  const install = JSON.parse(text) as { version: number; signing_secret?: string };
  return { version: install.version, signingSecret: install.signing_secret };
}

function call(
  api: AdminApi,
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${api.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${api.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}
