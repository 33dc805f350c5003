import { Agent, type Dispatcher } from 'undici';
import { type AttemptCode, AttemptError, attemptCodeOf } from './attempt-code.ts';
import { type ConnectorOptions, createConnector } from './connector.ts';
import { readBody } from './read-body.ts';
import { retryAfterMs } from './retry-after.ts';

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

/** Most of an answer's body that is read when nobody wants it: enough to keep the connection, too little to hurt. */
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

  async function request(outgoing: OutgoingRequest): Promise<Dispatcher.ResponseData> {
    const url = new URL(outgoing.endpoint);
    if (url.protocol !== 'https:') throw new AttemptError('ERR_ATTEMPT_ADDRESS_REFUSED', 'only https: is connected to');
    // Until a connection stands, undici does not act on the signal: the race ends the wait, the signal then the request.
    const abort = new AbortController();
    const timedOut = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const error = new AttemptError('ERR_ATTEMPT_TIMEOUT', `no status line within ${budgetMs} ms`);
      timedOut.reject(error);
      abort.abort(error);
    }, budgetMs);
    const answered = agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'POST',
      headers: outgoing.headers,
      body: outgoing.body,
      signal: abort.signal,
    });
    answered.catch(() => {});
    try {
      return await Promise.race([answered, timedOut.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async send(outgoing) {
      const startedAt = performance.now();
      const durationMs = () => Math.round(performance.now() - startedAt);
      try {
        const response = await request(outgoing);
        const answered = durationMs();
        const body = await readBody(response.body, Math.max(outgoing.wantedBodyBytes, DRAINED_BODY_BYTES), bodyBudgetMs);
        return {
          kind: 'answered',
          status: response.statusCode,
          retryAfterMs: retryAfterMs(response.headers['retry-after'], Date.now()),
          body: outgoing.wantedBodyBytes > 0 ? body : null,
          durationMs: answered,
        };
      } catch (cause) {
        return { kind: 'failed', code: attemptCodeOf(cause), cause, durationMs: durationMs() };
      }
    },
    stop: () => agent.close(),
  };
}
