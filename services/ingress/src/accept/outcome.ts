import type { LogErrorCode } from '@switchboard/event-log';
import type { Answer, ClassifyCode, VerifyCode } from '@switchboard/source-kit';
import type { IngressCode } from '../codes.ts';

export type OutcomeCode = IngressCode | VerifyCode | ClassifyCode | LogErrorCode;

type MalformedStatus = 400 | 408 | 413 | 415 | 417 | 431;

/** What became of one request. Only `accepted` was acknowledged by Kafka, and only it may get a 2xx or 302. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly answer: Pick<Answer, 'status' | 'headers' | 'body'> }
  /** Authentication failed: one constant 401. */
  | { readonly kind: 'refused'; readonly code: OutcomeCode }
  /** Sending it again unchanged cannot succeed. */
  | { readonly kind: 'malformed'; readonly code: OutcomeCode; readonly status: MalformedStatus }
  /** Not stored; the sender should send it again. */
  | { readonly kind: 'unavailable'; readonly code: OutcomeCode }
  | { readonly kind: 'not-found'; readonly code: OutcomeCode }
  | { readonly kind: 'failed'; readonly code: OutcomeCode };

export type MalformedOutcome = Extract<Outcome, { kind: 'malformed' }>;

export function malformed(code: OutcomeCode, status: MalformedStatus = 400): MalformedOutcome {
  return { kind: 'malformed', code, status };
}
