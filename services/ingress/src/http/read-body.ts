import type { IncomingMessage } from 'node:http';
import type { InboundHead } from '@switchboard/source-kit';
import { malformed, type Outcome } from '../accept/outcome.ts';
import { release } from '../edge/linger.ts';
import type { Growth, Unreserved } from '../edge/unauthenticated-budget.ts';

export type BodyOutcome = { readonly ok: true; readonly body: Buffer } | { readonly ok: false; readonly outcome: Outcome };

export interface ReadBodyOptions {
  readonly maxBytes: number;
  /** Where room for the body is taken. Nothing is read while it asks to wait. */
  readonly permit: { grow(bytes: number, unreserved?: Unreserved): Growth | Promise<Growth> };
  /** Called once there is room to read. */
  readonly onRoom: () => void;
  /**
   * Set while the sender is not authenticated. Room for its length is then taken before anything is read, and the
   * body must keep up a minimum rate.
   */
  readonly unauthenticated?: {
    /** Content-Length; undefined for a chunked body. */
    readonly declaredBytes: number | undefined;
    /** A body of this size has room without waiting. */
    readonly smallBytes: number;
    /** Least bytes a second on average, judged from 2 s on; 0 is no minimum. */
    readonly minBytesPerSecond: number;
  };
}

/** Ends the reading with an outcome and frees the bytes at once; does nothing after the end. */
export type CancelBody = (outcome: Outcome) => void;

/** A sender may need this long before its rate is judged. */
const MIN_RATE_AFTER_MS = 2_000;
const RATE_CHECK_MS = 1_000;
/** A body may wait this long for room: smaller ones are served before it. */
const LONGEST_WAIT_MS = 10_000;
/** A platform has timed out by then. A sender that is told earlier may try again at once, and cost as much again. */
const DROPPED_ENDS_AFTER_MS = 5_000;
const empty = Buffer.alloc(0);
const evicted: Outcome = { kind: 'unavailable', code: 'ERR_INGRESS_EVICTED' };

/**
 * Reads a body to its end. It keeps no more than the cap and no more than the permit has room for, apart from what a chunked body
 * had sent when it had to wait. Calls back once. The body is not read any further then; the caller decides about the connection.
 */
export function readBody(request: IncomingMessage, options: ReadBodyOptions, callback: (outcome: BodyOutcome) => void): CancelBody {
  const { maxBytes, permit, onRoom, unauthenticated } = options;
  // A chunked body that is small needs no wait. One that turns out to be large takes room for the largest body there may be.
  // If it took room in steps, hundreds of them would each have a part of what the others wait for.
  let reservedBytes = unauthenticated === undefined ? 0 : (unauthenticated.declaredBytes ?? Math.min(unauthenticated.smallBytes, maxBytes));
  let chunks: Buffer[] = [];
  let length = 0;
  let ended = false;
  let waits = false;
  /** Ends a wait, or what was dropped in one. */
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = (): void => refuse(malformed('ERR_INGRESS_BODY_TOO_SLOW', 408));
  const rate = createRateCheck(unauthenticated?.minBytesPerSecond ?? 0, () => length, tooSlow);

  const end = (outcome: BodyOutcome): void => {
    if (ended) return;
    ended = true;
    chunks = [];
    clearTimeout(timer);
    rate.pause();
    request.off('data', onData);
    request.off('end', onEnd);
    request.off('error', onGone);
    request.off('close', onGone);
    callback(outcome);
  };
  const free = (): void => {
    for (const chunk of chunks) release(chunk);
    chunks = [];
  };
  const refuse = (outcome: Outcome): void => {
    free();
    end({ ok: false, outcome });
  };
  const drop = (): void => {
    if (ended) return;
    free();
    clearTimeout(timer);
    timer = setTimeout(() => refuse(evicted), DROPPED_ENDS_AFTER_MS);
  };
  /** Continues once there is room; ends the reading when there is none. */
  const takeRoom = (bytes: number, proceed: () => void, unreserved?: Unreserved): void => {
    const settle = (code: Growth): void => {
      if (ended) return;
      waits = false;
      clearTimeout(timer);
      rate.resume();
      if (code === undefined) proceed();
      else refuse({ kind: 'unavailable', code });
    };
    const growth = permit.grow(bytes, unreserved);
    if (growth instanceof Promise) {
      waits = true;
      clearTimeout(timer);
      timer = setTimeout(() => refuse(evicted), LONGEST_WAIT_MS);
      rate.pause();
      request.pause();
      void growth.then((code) => {
        settle(code);
        if (!ended) request.resume();
      });
    } else settle(growth);
  };
  const onData = (chunk: Buffer): void => {
    length += chunk.length;
    if (length > maxBytes) refuse(malformed('ERR_INGRESS_BODY_TOO_LARGE', 413));
    else if (length <= reservedBytes) chunks.push(chunk);
    else {
      const unreserved = { bytes: length - reservedBytes, drop };
      const more = (unauthenticated === undefined ? length : maxBytes) - reservedBytes;
      reservedBytes += more;
      chunks.push(chunk);
      takeRoom(more, () => {}, unreserved);
    }
  };
  const onEnd = (): void => {
    // Without room, or dropped.
    if (waits) {
      refuse(evicted);
      return;
    }
    const [first] = chunks;
    end({ ok: true, body: first === undefined ? empty : chunks.length === 1 ? first : Buffer.concat(chunks, length) });
  };
  const onGone = (): void => refuse(malformed('ERR_INGRESS_ABORTED'));
  const read = (): void => {
    onRoom();
    request.on('data', onData);
    request.on('end', onEnd);
    rate.resume();
  };

  request.on('error', onGone);
  request.on('close', onGone);
  // A request that has closed already emits nothing more.
  if (request.destroyed) onGone();
  else if (reservedBytes === 0) read();
  else takeRoom(reservedBytes, read);
  return refuse;
}

/** Judges the rate of a body from 2 s on, by the time in which it is read; 0 is no minimum. */
function createRateCheck(minBytesPerSecond: number, length: () => number, onTooSlow: () => void) {
  let readMs = 0;
  let since: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const elapsedMs = (): number => readMs + (since === undefined ? 0 : performance.now() - since);
  const checkIn = (ms: number): void => {
    timer = setTimeout(() => {
      if (length() * 1_000 < minBytesPerSecond * elapsedMs()) onTooSlow();
      else checkIn(RATE_CHECK_MS);
    }, ms);
  };
  return {
    resume(): void {
      if (minBytesPerSecond === 0 || since !== undefined) return;
      since = performance.now();
      checkIn(Math.max(MIN_RATE_AFTER_MS - readMs, RATE_CHECK_MS));
    },
    pause(): void {
      clearTimeout(timer);
      readMs = elapsedMs();
      since = undefined;
    },
  };
}

/** The Content-Length of a request. Node and the edge checks refuse one that is not a whole number within the cap. */
export function declaredBytesOf({ headers }: InboundHead): number | undefined {
  return headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : undefined;
}
