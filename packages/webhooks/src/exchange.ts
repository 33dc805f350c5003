import type { Dispatcher } from 'undici';
import { AttemptError, attemptCodeOf } from './attempt-code.ts';
import { retryAfterMs } from './retry-after.ts';
import { EXCERPT_BYTES, type SendOutcome } from './send-outcome.ts';

export interface ExchangeLimits {
  /** From the start to the status line, milliseconds. */
  readonly budgetMs: number;
  /** For the response body after the status line, milliseconds. */
  readonly bodyBudgetMs: number;
  /** Most of the body that is read when the caller does not want it: enough to keep the connection, too little to hurt. */
  readonly drainedBytes: number;
}

/**
 * One request and its response, as undici tells of them, and the time it may take. `settle` is called once, with the outcome:
 * the status line decides, and a body that is too large, too slow or broken off is null.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #limits: ExchangeLimits;
  readonly #wantedBodyBytes: number;
  readonly #settle: (outcome: SendOutcome) => void;
  readonly #startedAt = performance.now();
  #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #settled = false;
  /** 0 until the status line. */
  #status = 0;
  #durationMs = 0;
  #retryAfterMs: number | null = null;
  #chunks: Buffer[] | undefined;
  #excerpt: Buffer | null = null;
  #size = 0;

  constructor(limits: ExchangeLimits, wantedBodyBytes: number, settle: (outcome: SendOutcome) => void) {
    this.#limits = limits;
    this.#wantedBodyBytes = wantedBodyBytes;
    this.#settle = settle;
    this.#timer = setTimeout(Exchange.#statusIsLate, limits.budgetMs, this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // The time passed while the request waited for its connection: no byte of it is sent.
    if (this.#settled) controller.abort(new Error('the attempt has ended'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    // 1xx: the status line is still to come, within the same time.
    if (this.#settled || status < 200) return;
    clearTimeout(this.#timer);
    this.#status = status;
    this.#durationMs = this.#elapsedMs();
    const retryAfter = headers['retry-after'];
    if (retryAfter !== undefined) this.#retryAfterMs = retryAfterMs(retryAfter, Date.now());
    this.#timer = setTimeout(Exchange.#bodyIsLate, this.#limits.bodyBudgetMs, this);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return;
    if (this.#size < EXCERPT_BYTES) this.#addToExcerpt(chunk.subarray(0, EXCERPT_BYTES - this.#size));
    this.#size += chunk.length;
    if (this.#size > Math.max(this.#wantedBodyBytes, this.#limits.drainedBytes)) {
      this.#respond(null);
      controller.abort(new Error('the body is too large'));
    } else if (this.#wantedBodyBytes > 0) {
      this.#chunks ??= [];
      this.#chunks.push(chunk);
    }
  }

  onResponseEnd(): void {
    this.#respond(this.#wantedBodyBytes > 0 ? Buffer.concat(this.#chunks ?? [], this.#size) : null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#status === 0) this.fail(error);
    else this.#respond(null);
  }

  #elapsedMs(): number {
    return Math.round(performance.now() - this.#startedAt);
  }

  /** A copy: the chunk is a view of the parser's memory. */
  #addToExcerpt(chunk: Buffer): void {
    this.#excerpt = this.#excerpt === null ? Buffer.from(chunk) : Buffer.concat([this.#excerpt, chunk]);
  }

  #respond(body: Buffer | null): void {
    this.#end({
      kind: 'answered',
      status: this.#status,
      retryAfterMs: this.#retryAfterMs,
      body,
      excerpt: this.#excerpt,
      durationMs: this.#durationMs,
    });
  }

  /** Settles without a response. */
  fail(cause: unknown): void {
    this.#end({ kind: 'failed', code: attemptCodeOf(cause), cause, durationMs: this.#elapsedMs() });
  }

  #end(outcome: SendOutcome): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#settle(outcome);
  }

  // Static: a closure for each exchange would be allocated with its timer.
  static #statusIsLate(exchange: Exchange): void {
    const error = new AttemptError('ERR_ATTEMPT_TIMEOUT', `no status line within ${exchange.#limits.budgetMs} ms`);
    exchange.fail(error);
    exchange.#controller?.abort(error);
  }

  static #bodyIsLate(exchange: Exchange): void {
    exchange.#respond(null);
    exchange.#controller?.abort(new Error(`the body took longer than ${exchange.#limits.bodyBudgetMs} ms`));
  }
}
