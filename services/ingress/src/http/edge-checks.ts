import type { IncomingMessage } from 'node:http';
import { malformed, type Outcome } from '../accept/outcome.ts';
import type { InboundHeaders } from './inbound-headers.ts';

export interface EdgeLimits {
  readonly maxBodyBytes: number;
  readonly maxHeaders: number;
}

/** The parts of a request line and head that node:http accepts although no genuine sender needs them. */
export type RequestHead = Pick<IncomingMessage, 'httpVersion' | 'url' | 'rawHeaders'>;

/** The refusal of a request whose head breaks the rules; undefined when it breaks none. */
export function checkEdge(head: RequestHead, { headers, duplicateHeaders }: InboundHeaders, limits: EdgeLimits): Outcome | undefined {
  if (head.httpVersion !== '1.1' && head.httpVersion !== '1.0') return malformed('ERR_INGRESS_HTTP');
  if (head.url?.[0] !== '/') return malformed('ERR_INGRESS_HTTP');
  if (head.rawHeaders.length > 2 * limits.maxHeaders) return malformed('ERR_INGRESS_HEADERS_TOO_LARGE', 431);
  if (duplicateHeaders.includes('host')) return malformed('ERR_INGRESS_HTTP');
  if (head.httpVersion === '1.1' && headers.host === undefined) return malformed('ERR_INGRESS_HTTP');
  const { expect } = headers;
  if (expect !== undefined && head.httpVersion === '1.1' && expect.toLowerCase() !== '100-continue')
    return malformed('ERR_INGRESS_HTTP', 417);
  const transferEncoding = headers['transfer-encoding'];
  if (transferEncoding !== undefined && (head.httpVersion === '1.0' || transferEncoding.toLowerCase() !== 'chunked')) {
    return malformed('ERR_INGRESS_HTTP');
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return malformed('ERR_INGRESS_ENCODING', 415);
  if (Number(headers['content-length'] ?? 0) > limits.maxBodyBytes) return malformed('ERR_INGRESS_BODY_TOO_LARGE', 413);
  return undefined;
}
