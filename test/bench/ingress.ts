import type { SourceId } from '@switchboard/sources';
import type { Bench, BenchOptions, BenchResult, Row } from './support/bench.ts';
import { type BenchStack, startBenchStack } from './support/bench-stack.ts';
import { round as decimals } from './support/cost-figures.ts';
import { type RequestsOptions, signedRequests } from './support/requests.ts';
import { startWorker } from './support/rpc.ts';
import { readUsage } from './support/service-usage.ts';
import { median, spread } from './support/statistics.ts';
import { mebibytes, milliseconds, percent, whole } from './support/table.ts';
import type { BareCalls } from './workers/bare-ingress.ts';
import type { LoadCalls } from './workers/load.ts';

const BARE_TOPIC = { name: 'bench.bare.v1', partitions: 12, cleanup: 'delete', retentionMs: -1 } as const;
const CONNECTIONS = 64;
const REQUESTS = 1_500;
/** More than the ingress remembers verified tokens of: sent in turn, each is verified again. */
const OWN_TOKENS = 5_000;

interface Round {
  readonly perSecond: number;
  readonly perCpuSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Case {
  readonly title: string;
  readonly requests: RequestsOptions;
  /** Least share of what the bare server accepts for its CPU. */
  readonly aimShare: number;
}

interface Server {
  readonly port: number;
  cpuSeconds(): Promise<number>;
}

const cases: readonly Case[] = [
  ...(['bot-framework', 'graph-calling'] satisfies SourceId[]).map((source) => ({
    title: source,
    requests: { source, count: REQUESTS },
    aimShare: 0.65,
  })),
  {
    title: 'bot-framework, each token seen first',
    requests: { source: 'bot-framework', ownTokens: true, count: OWN_TOKENS },
    aimShare: 0.25,
  },
];

/** Verified and stored requests a second, beside a server that only stores; rounds of both alternate. */
export const ingressBench: Bench = {
  name: 'ingress',
  title: 'Ingress: verified and stored before the answer',
  profiled: 'ingress',
  run: async (options) => {
    const stack = await startBenchStack(options, { services: ['ingress'] });
    const bareProcess = startWorker<BareCalls>('bare-ingress');
    const load = startWorker<LoadCalls>('load');
    try {
      await stack.log.applyTopics([BARE_TOPIC]);
      const bare: Server = {
        port: await bareProcess.call('listen', { brokers: stack.backbone.brokers, topic: BARE_TOPIC.name }),
        cpuSeconds: () => bareProcess.call('cpuSeconds', null),
      };
      const { ingress } = stack.services;
      const real: Server = { port: stack.ports.ingress, cpuSeconds: async () => (await readUsage(ingress)).cpuSeconds };
      return await compare(options, stack, { bare, real, load });
    } finally {
      await Promise.all([load.stop(), bareProcess.stop()]);
      await stack.stop();
    }
  },
};

async function compare(
  { quick, report, rounds = quick ? 2 : 5 }: BenchOptions,
  stack: BenchStack,
  { bare, real, load }: { bare: Server; real: Server; load: ReturnType<typeof startWorker<LoadCalls>> },
): Promise<BenchResult> {
  const durationMs = quick ? 2_000 : 5_000;
  const rows: Row[] = [];
  /** Answers other than 2xx, by status. */
  const others = new Map<string, number>();

  for (const { title, requests: wanted, aimShare } of cases) {
    const requests = await signedRequests(stack, wanted);
    const round = async (server: Server): Promise<Round> => {
      const before = await server.cpuSeconds();
      const outcome = await load.call('closed', { port: server.port, requests, connections: CONNECTIONS, durationMs });
      const used = (await server.cpuSeconds()) - before;
      for (const [status, count] of Object.entries(outcome.statuses))
        if (!/^2/.test(status)) others.set(status, (others.get(status) ?? 0) + count);
      const { accepted, elapsedMs, p50Ms, p99Ms } = outcome;
      return { perSecond: (accepted * 1_000) / elapsedMs, perCpuSecond: accepted / used, p50Ms, p99Ms };
    };
    report(`ingress: ${title}`);
    for (const { port } of [bare, real]) await load.call('closed', { port, requests, connections: CONNECTIONS, durationMs });
    const pairs: { bare: Round; real: Round }[] = [];
    for (let index = 0; index < rounds; index += 1) pairs.push({ bare: await round(bare), real: await round(real) });

    const of = (side: 'bare' | 'real', figure: keyof Round): number => median(pairs.map((pair) => pair[side][figure]));
    const shares = pairs.map((pair) => pair.real.perCpuSecond / pair.bare.perCpuSecond);
    rows.push({
      requests: title,
      perSecond: Math.round(of('real', 'perSecond')),
      perCpuSecond: Math.round(of('real', 'perCpuSecond')),
      p50Ms: decimals(of('real', 'p50Ms'), 1),
      p99Ms: decimals(of('real', 'p99Ms'), 1),
      bareRatePerS: Math.round(of('bare', 'perSecond')),
      barePerCpu: Math.round(of('bare', 'perCpuSecond')),
      perCpuShare: decimals(median(shares), 3),
      spread: decimals(spread(shares), 3),
      aimShare,
    });
  }
  const { residentBytes } = await readUsage(stack.services.ingress);
  return {
    tables: [
      {
        columns: [
          'requests',
          'ingress /s',
          'bare /s',
          'ingress / CPU s',
          'bare / CPU s',
          'share per CPU s',
          'aim',
          'rounds within',
          'p50',
          'p99',
        ],
        rows: rows.map((row) => [
          String(row.requests),
          whole(Number(row.perSecond)),
          whole(Number(row.bareRatePerS)),
          whole(Number(row.perCpuSecond)),
          whole(Number(row.barePerCpu)),
          percent(Number(row.perCpuShare)),
          percent(Number(row.aimShare)),
          `± ${percent(Number(row.spread))}`,
          milliseconds(Number(row.p50Ms)),
          milliseconds(Number(row.p99Ms)),
        ]),
      },
    ],
    rows,
    notes: [
      `Platforms send many notifications under one token, which the ingress verifies once. In the last row no token is sent a second time before ${whole(OWN_TOKENS)} others were.`,
      `Bare is fastify with a raw body parser and the same batched producer, which stores the body as it came; both answer when Kafka has acknowledged (acks=all). Medians of ${rounds} rounds of ${durationMs / 1_000} s each, alternating; ${CONNECTIONS} connections, one request at a time on each.`,
      ...(others.size === 0
        ? []
        : [`Answers other than 2xx, which do not count: ${[...others].map(([status, count]) => `${count} × ${status}`).join(', ')}.`]),
      `Resident memory of the ingress at the end: ${mebibytes(residentBytes)}.`,
    ],
    ...(rows.some((row) => Number(row.perCpuShare) < Number(row.aimShare)) ? { missed: 'ingress' as const } : {}),
  };
}
