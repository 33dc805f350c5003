import type { IncomingMessage } from 'node:http';
import type { Permit } from '../accept/in-flight.ts';
import { malformed, type Outcome } from '../accept/outcome.ts';

export type BodyOutcome = { readonly ok: true; readonly body: Buffer } | { readonly ok: false; readonly outcome: Outcome };

export interface ReadBodyOptions {
  readonly maxBytes: number;
  readonly permit: Permit;
  /** Least bytes a second on average, judged from `MIN_RATE_AFTER_MS` on; 0 is no minimum. */
  readonly minBytesPerSecond: number;
}

/** A sender may need this long before its rate is judged. */
const MIN_RATE_AFTER_MS = 2_000;
const RATE_CHECK_MS = 1_000;

const empty = Buffer.alloc(0);

/** Ends the reading with an outcome and gives its bytes back at once; does nothing after the end. */
export type CancelBody = (outcome: Outcome) => void;

/**
 * Reads a body to its end, never holding more than the cap or more than the permit has room for. Calls back once. The
 * body is not read any further then; what to do with the connection is the caller's decision.
 */
export function readBody(request: IncomingMessage, options: ReadBodyOptions, callback: (outcome: BodyOutcome) => void): CancelBody {
  const { maxBytes, permit, minBytesPerSecond } = options;
  let chunks: Buffer[] = [];
  let length = 0;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;

  const end = (outcome: BodyOutcome): void => {
    if (ended) return;
    ended = true;
    chunks = [];
    clearTimeout(timer);
    request.off('data', onData);
    request.off('end', onEnd);
    request.off('error', onGone);
    request.off('close', onGone);
    callback(outcome);
  };
  const onData = (chunk: Buffer): void => {
    length += chunk.length;
    const code = length > maxBytes ? 'ERR_INGRESS_BODY_TOO_LARGE' : permit.grow(chunk.length);
    if (code === undefined) chunks.push(chunk);
    else if (code === 'ERR_INGRESS_BODY_TOO_LARGE') end({ ok: false, outcome: malformed(code, 413) });
    else end({ ok: false, outcome: { kind: 'unavailable', code } });
  };
  const onEnd = (): void => {
    const [first] = chunks;
    end({ ok: true, body: first === undefined ? empty : chunks.length === 1 ? first : Buffer.concat(chunks, length) });
  };
  const onGone = (): void => end({ ok: false, outcome: malformed('ERR_INGRESS_ABORTED') });
  const checkRateAfter = (elapsedMs: number, inMs: number): void => {
    timer = setTimeout(() => {
      const soFarMs = elapsedMs + inMs;
      if (length * 1_000 < minBytesPerSecond * soFarMs) end({ ok: false, outcome: malformed('ERR_INGRESS_BODY_TOO_SLOW', 408) });
      else checkRateAfter(soFarMs, RATE_CHECK_MS);
    }, inMs);
  };

  request.on('data', onData);
  request.on('end', onEnd);
  request.on('error', onGone);
  request.on('close', onGone);
  if (minBytesPerSecond > 0) checkRateAfter(0, MIN_RATE_AFTER_MS);
  return (outcome) => end({ ok: false, outcome });
}
