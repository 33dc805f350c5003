import { createHash } from 'node:crypto';
import type { Endpoint } from './endpoints.ts';

/** What a receiver does with a request. */
export type ReceiverAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly delayMs: number; readonly retryAfterSeconds?: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'cut' };

const SLOWEST_MS = 1_200;
/** Everything but 200 and 201 is a failure, redirects and other successes too. */
const FAILURES = [500, 503, 429, 404, 202, 204, 302];

const at = (status: number, delayMs = 0): ReceiverAnswer => ({ kind: 'answer', status, delayMs });

/** Endpoint of an upgrade: it admits requests by a key in the query of the endpoint and one in a header of the webhook. */
export const GUARDED = 'guarded';
export const GUARD = { query: 'key-in-query', headerName: 'x-guard', headerValue: 'key-in-header' } as const;
/** No other endpoint answers so. */
export const REFUSED_STATUS = 403;

/** The answer of the guarded endpoint. */
export function guardedAnswer(key: string | null, headers: Readonly<Record<string, unknown>>): ReceiverAnswer {
  return at(key === GUARD.query && headers[GUARD.headerName] === GUARD.headerValue ? 200 : REFUSED_STATUS);
}

/** The answer to the n-th request of a delivery, from 1. It follows from the delivery alone, whoever makes the request. */
export function answerTo(endpoint: Endpoint, webhookId: string, n: number): ReceiverAnswer {
  const draw = createHash('sha256').update(`${endpoint} ${webhookId}`).digest().readUInt32BE(0);
  const failure = (): ReceiverAnswer => {
    const status = FAILURES[(draw + n) % FAILURES.length] ?? 500;
    return status === 429 ? { kind: 'answer', status, delayMs: 0, retryAfterSeconds: 0 } : at(status);
  };
  switch (endpoint) {
    case 'ok':
      return at(draw % 2 === 0 ? 200 : 201);
    case 'fails-at-first':
      // Three of eight deliveries, with one, two or three failures.
      return draw % 8 < 4 && n <= draw % 4 ? failure() : at(200);
    case 'dies-at-times':
      return draw % 6 === 0 ? failure() : at(200);
    case 'never':
      return failure();
    case 'slow':
      return at(200, draw % SLOWEST_MS);
    case 'hangs-at-times':
      return n === 1 && draw % 8 === 0 ? { kind: 'hang' } : at(200);
    case 'cuts-at-times':
      return n <= 2 && draw % 4 === 0 ? { kind: 'cut' } : at(201);
    default:
      return endpoint satisfies never;
  }
}
