import type { ServerResponse } from 'node:http';

/**
 * How the receiver answers one request:
 * - `answer`: status, headers and body, after `delayMs`.
 * - `hang`: never; the connection stays open.
 * - `cut`: closes the connection without an answer.
 * - `drip`: the status line at once, then a byte of the body every `intervalMs` until `bytes` are sent.
 * - `huge`: a body that never ends.
 * - `redirect`: `status`, default 302, with the Location.
 */
export type ReceiverAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly delayMs?: number;
    }
  | { readonly kind: 'hang' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'drip'; readonly status: number; readonly intervalMs: number; readonly bytes: number }
  | { readonly kind: 'huge'; readonly status: number }
  | { readonly kind: 'redirect'; readonly location: string; readonly status?: number };

const CHUNK = Buffer.alloc(64 * 1024, 'x');

/** One plain answer per status, in order. */
export function statuses(...codes: readonly number[]): ReceiverAnswer[] {
  return codes.map((status) => ({ kind: 'answer', status }));
}

/** Sends the answer. */
export function sendAnswer(answer: ReceiverAnswer, response: ServerResponse): void {
  switch (answer.kind) {
    case 'answer': {
      const send = (): void => void response.writeHead(answer.status, answer.headers).end(answer.body);
      if (answer.delayMs === undefined) send();
      else whileOpen(response, setTimeout(send, answer.delayMs));
      return;
    }
    case 'hang':
      return;
    case 'cut':
      response.destroy();
      return;
    case 'drip':
      drip(response, answer);
      return;
    case 'huge':
      response.writeHead(answer.status);
      flood(response);
      return;
    case 'redirect':
      response.writeHead(answer.status ?? 302, { location: answer.location }).end();
      return;
    default:
      answer satisfies never;
  }
}

function drip(response: ServerResponse, answer: Extract<ReceiverAnswer, { kind: 'drip' }>): void {
  response.writeHead(answer.status, { 'content-length': String(answer.bytes) });
  response.flushHeaders();
  let left = answer.bytes;
  const timer = setInterval(() => {
    left -= 1;
    response.write('x');
    if (left > 0) return;
    clearInterval(timer);
    response.end();
  }, answer.intervalMs);
  whileOpen(response, timer);
}

function flood(response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write(CHUNK));
  };
  response.on('drain', more);
  more();
}

function whileOpen(response: ServerResponse, timer: NodeJS.Timeout): void {
  response.once('close', () => clearTimeout(timer));
}
