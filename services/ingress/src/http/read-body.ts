import type { IncomingMessage } from 'node:http';
import type { Permit } from '../accept/in-flight.ts';
import { malformed, type Outcome } from '../accept/outcome.ts';

export type BodyOutcome = { readonly ok: true; readonly body: Buffer } | { readonly ok: false; readonly outcome: Outcome };

const empty = Buffer.alloc(0);
const overloaded: Outcome = { kind: 'unavailable', code: 'ERR_INGRESS_OVERLOADED' };

/** Reads a body to its end, never holding more than the cap or more than the permit has room for. Calls back once. */
export function readBody(
  request: IncomingMessage,
  options: { readonly maxBytes: number; readonly permit: Permit },
  callback: (outcome: BodyOutcome) => void,
): void {
  const { maxBytes, permit } = options;
  const chunks: Buffer[] = [];
  let length = 0;

  const end = (outcome: BodyOutcome): void => {
    request.off('data', onData);
    request.off('end', onEnd);
    request.off('error', onGone);
    request.off('close', onGone);
    callback(outcome);
  };
  const onData = (chunk: Buffer): void => {
    length += chunk.length;
    if (length > maxBytes) end({ ok: false, outcome: malformed('ERR_INGRESS_BODY_TOO_LARGE', 413) });
    else if (!permit.grow(chunk.length)) end({ ok: false, outcome: overloaded });
    else chunks.push(chunk);
  };
  const onEnd = (): void => {
    const [first] = chunks;
    end({ ok: true, body: first === undefined ? empty : chunks.length === 1 ? first : Buffer.concat(chunks, length) });
  };
  const onGone = (): void => end({ ok: false, outcome: malformed('ERR_INGRESS_ABORTED') });

  request.on('data', onData);
  request.on('end', onEnd);
  request.on('error', onGone);
  request.on('close', onGone);
}
