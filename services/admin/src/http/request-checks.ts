import type { IncomingMessage } from 'node:http';
import { headerValues } from '@switchboard/runtime';
import type { AdminProblem } from './problem.ts';

const SHOWN_CHARACTERS = 100;

function unsupported(header: string, rule: string, value: string | undefined): AdminProblem {
  const shown = value === undefined ? 'none' : JSON.stringify(value.slice(0, SHOWN_CHARACTERS));
  return { code: 'ERR_ADMIN_UNSUPPORTED_MEDIA', detail: `${header} must be ${rule} (got ${shown})` };
}

/** Why the body of a request cannot be read as JSON in UTF-8, by its headers, or undefined if it can or is not read. */
export function mediaProblem(request: Pick<IncomingMessage, 'method' | 'rawHeaders'>): AdminProblem | undefined {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  const encoding = headerValues(request, 'content-encoding').find((value) => !/^\s*(identity)?\s*$/i.test(value));
  if (encoding !== undefined) return unsupported('Content-Encoding', 'identity or absent', encoding);
  const transfer = headerValues(request, 'transfer-encoding').find((value) => !/^\s*chunked\s*$/i.test(value));
  if (transfer !== undefined) return unsupported('Transfer-Encoding', 'chunked or absent', transfer);
  const types = headerValues(request, 'content-type');
  if (types.length > 1) return unsupported('Content-Type', 'sent once', types.join(', '));
  const [type] = types;
  if (type === undefined) return undefined;
  const [mediaType = '', ...parameters] = type.split(';').map((part) => part.trim().toLowerCase());
  if (mediaType !== 'application/json') return unsupported('Content-Type', 'application/json', type);
  const charset = parameters.find((parameter) => /^charset\s*=/.test(parameter));
  const isUtf8 = charset === undefined || /^charset=("?)utf-?8\1$/.test(charset);
  return isUtf8 ? undefined : unsupported('charset of Content-Type', 'utf-8 or absent', type);
}

/** The problem of a body that came without a content type. */
export const noContentType: AdminProblem = unsupported('Content-Type', 'application/json', undefined);
