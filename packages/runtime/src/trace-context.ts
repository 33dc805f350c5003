import { randomFillSync } from 'node:crypto';

/** W3C trace context of one step. */
export interface Trace {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits: this step. */
  readonly spanId: string;
  /** 2 hex digits. */
  readonly flags: string;
  readonly state?: string;
  /** The step that caused this one, where known. */
  readonly parentId?: string;
}

/** Source of a trace: HTTP headers in lower case, or the texts of Kafka headers. */
export interface TraceHeaders {
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;
const POOL_BYTES = 4_096;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

function randomHex(bytes: number): string {
  if (used + bytes > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}

/** The trace in the headers; undefined if they have none or a malformed one. */
export function readTrace(headers: TraceHeaders): Trace | undefined {
  if (headers.traceparent === undefined) return undefined;
  const match = TRACEPARENT.exec(headers.traceparent);
  if (!match || (headers.traceparent.startsWith('00') && headers.traceparent.length !== 55)) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = match;
  const state = headers.tracestate !== undefined && TRACESTATE.test(headers.tracestate) ? { state: headers.tracestate } : {};
  return { traceId, spanId, flags, ...state };
}

/** A new step of a trace, or the first step of a new, sampled one. */
export function childTrace(parent?: Trace): Trace {
  if (!parent) return { traceId: randomHex(16), spanId: randomHex(8), flags: '01' };
  return { ...parent, spanId: randomHex(8), parentId: parent.spanId };
}

export function traceparent(trace: Trace): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.flags}`;
}

/** Headers that continue a trace in the next step. */
export function traceHeaders(trace: Trace): { readonly traceparent: string; readonly tracestate?: string } {
  return { traceparent: traceparent(trace), ...(trace.state === undefined ? {} : { tracestate: trace.state }) };
}
