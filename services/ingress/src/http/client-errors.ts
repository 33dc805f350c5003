import type { Socket } from 'node:net';
import type { IngressCode } from '../codes.ts';
import { destroySoon } from '../edge/linger.ts';

interface ClientError {
  readonly status: number;
  readonly reason: string;
  readonly code: IngressCode;
}

function clientError(nodeCode: string | undefined): ClientError {
  switch (nodeCode) {
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, reason: 'Request Header Fields Too Large', code: 'ERR_INGRESS_HEADERS_TOO_LARGE' };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, reason: 'Payload Too Large', code: 'ERR_INGRESS_BODY_TOO_LARGE' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, reason: 'Request Timeout', code: 'ERR_INGRESS_TIMEOUT' };
    default:
      return { status: 400, reason: 'Bad Request', code: 'ERR_INGRESS_HTTP' };
  }
}

/**
 * Responds to what the HTTP parser refuses, closes the connection within a second, and returns the code; undefined when
 * the peer has just disconnected.
 */
export function respondToClientError(error: Error & { readonly code?: string }, socket: Socket): IngressCode | undefined {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return undefined;
  }
  const { status, reason, code } = clientError(error.code);
  const body = JSON.stringify({ error: 'malformed', code });
  const head = `HTTP/1.1 ${status} ${reason}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${body.length}`;
  socket.end(`${head}\r\nconnection: close\r\n\r\n${body}`);
  destroySoon(socket);
  return code;
}
