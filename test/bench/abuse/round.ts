import { readUsage } from '../support/service-usage.ts';
import { percentile } from '../support/statistics.ts';
import type { SteadyOptions, StreamOutcome } from '../workers/senders.ts';
import type { AbuseRig } from './rig.ts';

/** What became of the genuine requests in one round or several. */
export interface Round {
  readonly streams: readonly StreamOutcome[];
  /** The most that the ingress process held. */
  readonly residentBytes: number;
}

export interface RoundFigures {
  readonly sent: number;
  readonly accepted: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const LOOK_EVERY_MS = 250;

/** Sends the genuine requests and watches the memory of the ingress. */
export async function runRound(
  { port, senders, stack, streams }: AbuseRig,
  options: Partial<SteadyOptions> & { durationMs: number },
): Promise<Round> {
  let residentBytes = 0;
  const look = async (): Promise<void> => {
    residentBytes = Math.max(residentBytes, (await readUsage(stack.services.ingress)).residentBytes);
  };
  await look();
  const ticker = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS);
  try {
    return { streams: await senders.call('steady', { port, streams, ...options }), residentBytes };
  } finally {
    clearInterval(ticker);
    await look();
  }
}

export function figuresOf(rounds: readonly Round[], name?: string): RoundFigures {
  const streams = rounds.flatMap((round) => round.streams).filter((stream) => name === undefined || stream.name === name);
  const tookMs = streams.flatMap((stream) => [...stream.tookMs]);
  return {
    sent: streams.reduce((sum, { sent }) => sum + sent, 0),
    accepted: streams.reduce((sum, { accepted }) => sum + accepted, 0),
    p50Ms: percentile(tookMs, 0.5),
    p99Ms: percentile(tookMs, 0.99),
  };
}

/** Responses that did not accept, as `graph-calling 3 × 503`. */
export function describeOthers(rounds: readonly Round[]): string[] {
  const counts = new Map<string, number>();
  for (const { name, others } of rounds.flatMap((round) => round.streams)) {
    for (const [status, count] of Object.entries(others)) {
      const key = `${name} × ${status === '0' ? 'without a response' : status}`;
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  }
  return [...counts].map(([key, count]) => `${count} ${key}`);
}
