import type { Outcome } from '../accept/outcome.ts';

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty: no body and no content type. */
  readonly body: string;
}

const json = { 'content-type': 'application/json; charset=utf-8' } as const;
const MIN_RETRY_S = 5;
const MAX_RETRY_S = 30;

/** One response for every failed authentication, so that it shows nothing about an app, a key or a claim. */
const unauthorized: HttpResponse = { status: 401, headers: json, body: '{"error":"unauthorized"}' };
const notFound: HttpResponse = { status: 404, headers: json, body: '{"error":"not_found"}' };
const failed: HttpResponse = { status: 500, headers: json, body: '{"error":"internal"}' };

/** The spread keeps the senders of an outage from coming back all at once. */
function unavailable(random: () => number): HttpResponse {
  const seconds = MIN_RETRY_S + Math.floor(random() * (MAX_RETRY_S - MIN_RETRY_S + 1));
  return { status: 503, headers: { ...json, 'retry-after': String(seconds) }, body: '{"error":"unavailable"}' };
}

export function responseFor(outcome: Outcome, random: () => number): HttpResponse {
  switch (outcome.kind) {
    case 'accepted':
      return outcome.answer;
    case 'refused':
      return unauthorized;
    case 'malformed':
      return { status: outcome.status, headers: json, body: JSON.stringify({ error: 'malformed', code: outcome.code }) };
    case 'unavailable':
      return unavailable(random);
    case 'not-found':
      return notFound;
    case 'failed':
      return failed;
    default:
      return outcome satisfies never;
  }
}
