import type { SourceId } from '@switchboard/sources';
import type { Bench, BenchOptions, BenchResult } from './support/bench.ts';
import { type BenchStack, startBenchStack } from './support/bench-stack.ts';
import { type RequestsOptions, signedRequests } from './support/requests.ts';
import { startWorker } from './support/rpc.ts';
import { readUsage } from './support/service-usage.ts';
import { median, spread } from './support/statistics.ts';
import { mebibytes, percent, whole } from './support/table.ts';
import type { BareCalls } from './workers/bare-ingress.ts';
import type { LoadCalls } from './workers/load.ts';

const AIM_SHARE = 0.7;
const AIM_PER_CPU_SECOND = 10_000;
const BARE_TOPIC = { name: 'bench.bare.v1', partitions: 12, cleanup: 'delete', retentionMs: -1 } as const;
const CONNECTIONS = 64;
const REQUESTS = 1_500;
/** More than the ingress remembers verified tokens of: sent in turn, each is verified anew. */
const OWN_TOKENS = 5_000;

interface Round {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

interface Server {
  readonly port: number;
  cpuSeconds(): Promise<number>;
}

const cases: readonly { readonly title: string; readonly requests: RequestsOptions }[] = [
  ...(['bot-framework', 'graph-calling'] satisfies SourceId[]).map((source) => ({ title: source, requests: { source, count: REQUESTS } })),
  { title: 'bot-framework, each token verified anew', requests: { source: 'bot-framework', ownTokens: true, count: OWN_TOKENS } },
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
  { quick, report }: BenchOptions,
  stack: BenchStack,
  { bare, real, load }: { bare: Server; real: Server; load: ReturnType<typeof startWorker<LoadCalls>> },
): Promise<BenchResult> {
  const durationMs = quick ? 2_000 : 5_000;
  const rounds = quick ? 2 : 5;
  const rows: string[][] = [];
  /** Answers other than 2xx, by status. */
  const others = new Map<string, number>();
  let missed = false;

  for (const { title, requests: wanted } of cases) {
    const requests = await signedRequests(stack, wanted);
    const round = async (server: Server): Promise<Round> => {
      const before = await server.cpuSeconds();
      const outcome = await load.call('closed', { port: server.port, requests, connections: CONNECTIONS, durationMs });
      const used = (await server.cpuSeconds()) - before;
      for (const [status, count] of Object.entries(outcome.statuses))
        if (!/^2/.test(status)) others.set(status, (others.get(status) ?? 0) + count);
      return { perSecond: (outcome.accepted * 1_000) / outcome.elapsedMs, perCpuSecond: outcome.accepted / used };
    };
    report(`ingress: ${title}`);
    for (const { port } of [bare, real]) await load.call('closed', { port, requests, connections: CONNECTIONS, durationMs });
    const pairs: { bare: Round; real: Round }[] = [];
    for (let index = 0; index < rounds; index += 1) pairs.push({ bare: await round(bare), real: await round(real) });

    const shares = pairs.map((pair) => pair.real.perSecond / pair.bare.perSecond);
    const perCpuSecond = median(pairs.map((pair) => pair.real.perCpuSecond));
    missed ||= median(shares) < AIM_SHARE || perCpuSecond < AIM_PER_CPU_SECOND;
    rows.push([
      title,
      whole(median(pairs.map((pair) => pair.real.perSecond))),
      whole(median(pairs.map((pair) => pair.bare.perSecond))),
      percent(median(shares)),
      `± ${percent(spread(shares))}`,
      whole(perCpuSecond),
      whole(median(pairs.map((pair) => pair.bare.perCpuSecond))),
    ]);
  }
  const { residentBytes } = await readUsage(stack.services.ingress);
  return {
    tables: [{ columns: ['requests', 'ingress /s', 'bare /s', 'share', 'rounds within', 'ingress / CPU s', 'bare / CPU s'], rows }],
    notes: [
      `Aims: a share of at least ${percent(AIM_SHARE)}, at least ${whole(AIM_PER_CPU_SECOND)} requests per CPU second of the ingress process.`,
      `Platforms send many notifications under one token, which the ingress verifies once. In the last row no token is sent a second time before ${whole(OWN_TOKENS)} others were.`,
      `Bare is fastify with a raw body parser and the same batched producer, which stores the body as it came; both answer when Kafka has acknowledged (acks=all). Medians of ${rounds} rounds of ${durationMs / 1_000} s each, alternating; ${CONNECTIONS} connections, one request at a time on each.`,
      ...(others.size === 0
        ? []
        : [`Answers other than 2xx, which do not count: ${[...others].map(([status, count]) => `${count} × ${status}`).join(', ')}.`]),
      `Resident memory of the ingress at the end: ${mebibytes(residentBytes)}.`,
    ],
    ...(missed ? { missed: 'ingress' as const } : {}),
  };
}
