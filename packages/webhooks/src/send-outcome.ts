import type { AttemptCode } from './attempt-code.ts';

/** Most of a response body that is kept for the outcome record, bytes. */
export const EXCERPT_BYTES = 1_024;

/** What came of one request to an endpoint. */
export type SendOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** What a Retry-After header asks for, milliseconds. */
      readonly retryAfterMs: number | null;
      /** The response body; null where none was wanted, or where it was larger or slower than allowed. */
      readonly body: Buffer | null;
      /** The first 1,024 bytes of the response body, as far as they were received; null where there were none. */
      readonly excerpt: Buffer | null;
      readonly durationMs: number;
    }
  | { readonly kind: 'failed'; readonly code: AttemptCode; readonly cause: unknown; readonly durationMs: number };
