import { pause } from '../../bench/support/clock.ts';
import { createHttpExchange, type HttpExchangeOptions } from '../../bench/support/http-exchange.ts';

export interface Exchanged {
  /** 0 where the connection broke before the whole response. */
  readonly status: number;
  /** From the connect to the whole response. */
  readonly tookMs: number;
}

/** Sends one request on a new connection. */
export async function sendOnce(port: number, request: Buffer, options: HttpExchangeOptions = {}): Promise<Exchanged> {
  const exchange = createHttpExchange(port, options);
  const startedAt = performance.now();
  const status = await exchange.send(request).catch(() => 0);
  exchange.close();
  return { status, tookMs: performance.now() - startedAt };
}

/** Sends `count` requests over `durationMs`, each at its time whether or not earlier ones have their responses. */
export async function sendOver<Result>(durationMs: number, count: number, send: (index: number) => Promise<Result>): Promise<Result[]> {
  const sent: Promise<Result>[] = [];
  const startedAt = performance.now();
  for (let index = 0; index < count; index += 1) {
    await pause(Math.max(0, startedAt + (index * durationMs) / count - performance.now()));
    sent.push(send(index));
  }
  return Promise.all(sent);
}
