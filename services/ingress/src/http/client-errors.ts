import type { Socket } from 'node:net';
import { type MalformedOutcome, malformed } from '../accept/outcome.ts';
import { destroySoon } from '../edge/linger.ts';

/** What Node's HTTP parser, its timeouts and the TLS handshake report. */
export interface NodeClientError extends Error {
  readonly code?: string;
  readonly rawPacket?: unknown;
}

interface ClientError {
  readonly outcome: MalformedOutcome;
  readonly reason: string;
}

function clientError(nodeCode: string | undefined): ClientError {
  switch (nodeCode) {
    case 'HPE_HEADER_OVERFLOW':
      return { outcome: malformed('ERR_INGRESS_HEADERS_TOO_LARGE', 431), reason: 'Request Header Fields Too Large' };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { outcome: malformed('ERR_INGRESS_BODY_TOO_LARGE', 413), reason: 'Payload Too Large' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { outcome: malformed('ERR_INGRESS_TIMEOUT', 408), reason: 'Request Timeout' };
    default:
      return { outcome: malformed('ERR_INGRESS_HTTP', 400), reason: 'Bad Request' };
  }
}

/** The outcome of what the HTTP parser refuses; undefined when the peer has just disconnected. */
export function outcomeOfClientError({ code }: NodeClientError): MalformedOutcome | undefined {
  return code === 'ECONNRESET' ? undefined : clientError(code).outcome;
}

/** Responds on a connection that has no request, and destroys it within a second. */
export function respondWithoutRequest(error: NodeClientError, socket: Socket): void {
  const { outcome, reason } = clientError(error.code);
  const body = JSON.stringify({ error: 'malformed', code: outcome.code });
  const head = `HTTP/1.1 ${outcome.status} ${reason}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${body.length}`;
  socket.end(`${head}\r\nconnection: close\r\n\r\n${body}`);
  destroySoon(socket);
}
