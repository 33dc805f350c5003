import type { ServerResponse } from 'node:http';

/**
 * How the issuer fails:
 * - `down`: every connection is cut without an answer.
 * - `slow`: the right answer after `delayMs`.
 * - `huge`: 200 and JSON that never ends.
 * - `html`: 200 and a page, as a proxy's error page comes.
 * - `error`: 500.
 */
export type IssuerFailure = { readonly kind: 'down' | 'huge' | 'html' | 'error' } | { readonly kind: 'slow'; readonly delayMs: number };

const CHUNK = Buffer.alloc(64 * 1024, ' ');

/** Answers as the failure has it; `sound` gives the right answer. */
export function failWith(failure: IssuerFailure, response: ServerResponse, sound: () => void): void {
  switch (failure.kind) {
    case 'down':
      response.destroy();
      return;
    case 'slow': {
      const timer = setTimeout(sound, failure.delayMs);
      response.once('close', () => clearTimeout(timer));
      return;
    }
    case 'huge':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"keys":[');
      writeWithoutEnd(response);
      return;
    case 'html':
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!doctype html><title>Sign in</title><p>Please sign in to the network.');
      return;
    case 'error':
      response.writeHead(500).end();
      return;
    default:
      failure satisfies never;
  }
}

function writeWithoutEnd(response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write(CHUNK));
  };
  response.on('drain', more);
  more();
}
