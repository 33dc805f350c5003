import { pause, preciseNow } from '../support/clock.ts';
import { createHttpExchange, type HttpExchange } from '../support/http-exchange.ts';
import { serveCalls } from '../support/rpc.ts';
import { percentile } from '../support/statistics.ts';

interface Target {
  readonly port: number;
  /** Whole HTTP requests as bytes. */
  readonly requests: readonly Uint8Array[];
}

interface ClosedLoad extends Target {
  /** Each sends its next request after the response to the last one. */
  readonly connections: number;
  readonly durationMs: number;
}

interface OpenLoad extends Target {
  /** Requests a second, each sent at its time whether or not earlier ones have a response; each request is sent once. */
  readonly perSecond: number;
}

interface BurstLoad extends Target {
  /** Each sends its next request after the response to the last one; each request is sent once. */
  readonly connections: number;
}

export interface ClosedOutcome {
  /** Answers with a status of 2xx. */
  readonly accepted: number;
  readonly elapsedMs: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface OpenOutcome {
  /** By request: milliseconds since the epoch when it was sent and when its response arrived. */
  readonly sentAt: Float64Array;
  readonly respondedAt: Float64Array;
  /** 0 where the connection broke. */
  readonly statuses: Uint16Array;
}

const asBuffers = (requests: readonly Uint8Array[]): Buffer[] =>
  requests.map((request) => Buffer.from(request.buffer, request.byteOffset, request.byteLength));

function countStatuses() {
  const counts: Record<string, number> = {};
  return {
    counts,
    add: (status: number | 'broken'): void => {
      counts[status] = (counts[status] ?? 0) + 1;
    },
  };
}

async function closed({ port, requests, connections, durationMs }: ClosedLoad): Promise<ClosedOutcome> {
  const bodies = asBuffers(requests);
  const statuses = countStatuses();
  const latencies: number[] = [];
  const startedAt = performance.now();
  const endAt = startedAt + durationMs;
  let next = 0;

  async function work(): Promise<void> {
    const exchange = createHttpExchange(port);
    for (let at = performance.now(); at < endAt; at = performance.now()) {
      const request = bodies[next % bodies.length] as Buffer;
      next += 1;
      try {
        const status = await exchange.send(request);
        statuses.add(status);
        if (status >= 200 && status < 300) latencies.push(performance.now() - at);
      } catch {
        statuses.add('broken');
        await pause(10);
      }
    }
    exchange.close();
  }

  await Promise.all(Array.from({ length: connections }, work));
  return {
    accepted: latencies.length,
    elapsedMs: performance.now() - startedAt,
    statuses: statuses.counts,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}

/** Sends each request at most once, and notes when, and what came of it. */
function onceEach({ port, requests }: Target) {
  const bodies = asBuffers(requests);
  const outcome = {
    sentAt: new Float64Array(bodies.length),
    respondedAt: new Float64Array(bodies.length),
    statuses: new Uint16Array(bodies.length),
  };
  const idle: HttpExchange[] = [];
  const all = new Set<HttpExchange>();

  async function send(index: number): Promise<void> {
    const exchange = idle.pop() ?? createHttpExchange(port);
    all.add(exchange);
    outcome.sentAt[index] = preciseNow();
    try {
      outcome.statuses[index] = await exchange.send(bodies[index] as Buffer);
      outcome.respondedAt[index] = preciseNow();
    } catch {
      outcome.statuses[index] = 0;
    }
    idle.push(exchange);
  }

  function end(): OpenOutcome {
    for (const exchange of all) exchange.close();
    return outcome;
  }
  return { count: bodies.length, send, end };
}

async function burst({ connections, ...target }: BurstLoad): Promise<OpenOutcome> {
  const { count, send, end } = onceEach(target);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await send(index);
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return end();
}

async function open({ perSecond, ...target }: OpenLoad): Promise<OpenOutcome> {
  const { count, send, end } = onceEach(target);
  const answers: Promise<void>[] = [];

  const startedAt = performance.now();
  for (let index = 0; index < count; ) {
    const due = Math.min(count, Math.floor(((performance.now() - startedAt) * perSecond) / 1_000) + 1);
    for (; index < due; index += 1) answers.push(send(index));
    await pause(1);
  }
  await Promise.all(answers);
  return end();
}

const calls = { closed, open, burst };
export type LoadCalls = typeof calls;
serveCalls(calls);
