import type { AttemptCode } from './attempt-code.ts';

/** What came of one request to an endpoint. */
export type SendOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** What a Retry-After header asks for, milliseconds. */
      readonly retryAfterMs: number | null;
      /** The response body; null where none was wanted, or where it was larger or slower than allowed. */
      readonly body: Buffer | null;
      readonly durationMs: number;
    }
  | { readonly kind: 'failed'; readonly code: AttemptCode; readonly cause: unknown; readonly durationMs: number };
