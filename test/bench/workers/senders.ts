/** Genuine senders of several sources, at a steady rate: half of the requests on connections that are kept, half on new ones. */
import { pause } from '../support/clock.ts';
import { createHttpExchange, type HttpExchange } from '../support/http-exchange.ts';
import { serveCalls } from '../support/rpc.ts';

export interface Stream {
  /** A source or an app: what the outcomes are counted for. */
  readonly name: string;
  /** Whole HTTP requests as bytes, sent in turn. */
  readonly requests: readonly Uint8Array[];
  readonly perSecond: number;
}

export interface SteadyOptions {
  readonly port: number;
  readonly tls?: boolean;
  readonly streams: readonly Stream[];
  readonly durationMs: number;
}

export interface StreamOutcome {
  readonly name: string;
  readonly sent: number;
  /** Responses with a status of 2xx or 3xx. */
  readonly accepted: number;
  /** The other responses by status; 0 where the connection broke, or no response came within 15 s. */
  readonly others: Readonly<Record<string, number>>;
  /** Of the accepted ones, from the connect on where it was a new one. */
  readonly tookMs: Float64Array;
}

const PATIENCE_MS = 15_000;

/** Kept from one call to the next, so that connections authenticated before an abuse are there in it. */
const idle = new Map<string, HttpExchange[]>();

async function steady({ port, tls = false, streams, durationMs }: SteadyOptions): Promise<StreamOutcome[]> {
  return Promise.all(
    streams.map((stream, index) => {
      // One after the other: streams in step would all wait for the same stall, and that alone would be the p99.
      const delayMs = (index * 1_000) / stream.perSecond / streams.length;
      return runStream(stream, `${port} ${tls} ${stream.name}`, { port, tls, durationMs, delayMs });
    }),
  );
}

async function runStream(
  { name, requests, perSecond }: Stream,
  pool: string,
  { port, tls, durationMs, delayMs }: Required<Omit<SteadyOptions, 'streams'>> & { readonly delayMs: number },
): Promise<StreamOutcome> {
  const kept = idle.get(pool) ?? [];
  idle.set(pool, kept);
  const others: Record<string, number> = {};
  const tookMs: number[] = [];

  async function send(index: number): Promise<void> {
    const request = requests[index % requests.length] as Uint8Array;
    const isKept = index % 2 === 0;
    const exchange = (isKept ? kept.pop() : undefined) ?? createHttpExchange(port, { tls });
    const startedAt = performance.now();
    const status = await withinPatience(exchange.send(Buffer.from(request.buffer, request.byteOffset, request.byteLength)));
    if (status >= 200 && status < 400) tookMs.push(performance.now() - startedAt);
    else others[status] = (others[status] ?? 0) + 1;
    if (isKept && status !== 0) kept.push(exchange);
    else exchange.close();
  }

  const count = Math.round((perSecond * durationMs) / 1_000);
  const sent: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let index = 0; index < count; index += 1) {
    await pause(Math.max(0, startedAt + delayMs + (index * 1_000) / perSecond - performance.now()));
    sent.push(send(index));
  }
  await Promise.all(sent);
  return { name, sent: count, accepted: tookMs.length, others, tookMs: Float64Array.from(tookMs) };
}

/** The status, or 0 where there is none: a platform does not wait longer. */
async function withinPatience(sending: Promise<number>): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const timer = setTimeout(resolve, PATIENCE_MS, 0);
  const status = await Promise.race([sending.catch(() => 0), promise]);
  clearTimeout(timer);
  return status;
}

const calls = { steady };
export type SenderCalls = typeof calls;
serveCalls(calls);
