import { Agent } from 'undici';
import { type AttemptCode, AttemptError } from './attempt-code.ts';
import { type ConnectorOptions, createConnector } from './connector.ts';
import { Exchange } from './exchange.ts';

/** One HTTP request to an endpoint. */
export interface OutgoingRequest {
  /** Absolute https URL. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How much of the answer's body is wanted, bytes; 0 where it is only drained. */
  readonly wantedBodyBytes: number;
}

export type SendOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** What a Retry-After header asks for, milliseconds. */
      readonly retryAfterMs: number | null;
      /** The answer's body; null where none was wanted, or where it was larger or slower than allowed. */
      readonly body: Buffer | null;
      readonly durationMs: number;
    }
  | { readonly kind: 'failed'; readonly code: AttemptCode; readonly cause: unknown; readonly durationMs: number };

/** Sends requests. Resolves, never rejects; redirects are not followed, nothing is decompressed. */
export interface Sender {
  send(request: OutgoingRequest): Promise<SendOutcome>;
  /** Ends idle connections; those in use end with their requests. */
  stop(): Promise<void>;
}

export interface SenderOptions extends Omit<ConnectorOptions, 'timeoutMs'> {
  /** From the start of the connect to the status line, milliseconds. */
  readonly budgetMs: number;
  /** For the answer's body after its status line, milliseconds. Default 1,000. */
  readonly bodyBudgetMs?: number;
}

const DRAINED_BODY_BYTES = 16_384;
const MAX_HEADER_BYTES = 16_384;
const KEEP_ALIVE_MS = 4_000;

export function createSender({ budgetMs, bodyBudgetMs = 1_000, ...connection }: SenderOptions): Sender {
  const agent = new Agent({
    connect: createConnector({ ...connection, timeoutMs: budgetMs }),
    allowH2: false,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    // The one budget is ours; undici's timers only see silence, not a drip.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  const limits = { budgetMs, bodyBudgetMs, drainedBytes: DRAINED_BODY_BYTES };

  return {
    send: ({ endpoint, headers, body, wantedBodyBytes }) =>
      new Promise((resolve) => {
        const exchange = new Exchange(limits, wantedBodyBytes, resolve);
        const { origin, protocol, pathname, search } = new URL(endpoint);
        if (protocol !== 'https:') {
          exchange.fail(new AttemptError('ERR_ATTEMPT_ADDRESS_REFUSED', 'only https: is connected to'));
          return;
        }
        agent.dispatch({ origin, path: `${pathname}${search}`, method: 'POST', headers, body }, exchange);
      }),
    stop: () => agent.close(),
  };
}
