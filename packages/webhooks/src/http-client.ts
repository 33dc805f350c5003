import { Agent } from 'undici';
import { AttemptError } from './attempt-code.ts';
import { type ConnectorOptions, createConnector } from './connector.ts';
import { Exchange } from './exchange.ts';
import type { SendOutcome } from './send-outcome.ts';

/** One HTTP request to an endpoint. */
export interface OutgoingRequest {
  /** Scheme, host and port; the scheme must be https. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  /** Names in lower case and values, by turns. */
  readonly headers: string[];
  readonly body: Buffer;
  /** Most of the response body that the caller wants, bytes; 0 where it is only drained. */
  readonly wantedBodyBytes: number;
}

/** Posts attempts to webhooks over HTTPS. Redirects are not followed, bodies are not decompressed. */
export interface HttpClient {
  /** Resolves, never rejects. */
  send(request: OutgoingRequest): Promise<SendOutcome>;
  /** Ends idle connections; those in use end with their requests. */
  stop(): Promise<void>;
}

export interface HttpClientOptions extends Omit<ConnectorOptions, 'timeoutMs'> {
  /** From the start of the connect to the status line, milliseconds. */
  readonly budgetMs: number;
  /** For the response body after its status line, milliseconds. Default 1,000. */
  readonly bodyBudgetMs?: number;
}

const DRAINED_BODY_BYTES = 16_384;
const MAX_HEADER_BYTES = 16_384;
const KEEP_ALIVE_MS = 4_000;

export function createHttpClient({ budgetMs, bodyBudgetMs = 1_000, ...connection }: HttpClientOptions): HttpClient {
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
    send: ({ origin, path, headers, body, wantedBodyBytes }) =>
      new Promise((resolve) => {
        const exchange = new Exchange(limits, wantedBodyBytes, resolve);
        if (!origin.startsWith('https://')) {
          exchange.fail(new AttemptError('ERR_ATTEMPT_ADDRESS_REFUSED', 'only https: is connected to'));
          return;
        }
        agent.dispatch({ origin, path, method: 'POST', headers, body }, exchange);
      }),
    stop: () => agent.close(),
  };
}
