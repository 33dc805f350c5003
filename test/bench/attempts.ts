import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificateAuthority } from '@switchboard/local-stack';
import type { Bench, BenchOptions, BenchResult } from './support/bench.ts';
import { startWorker } from './support/rpc.ts';
import { median, spread } from './support/statistics.ts';
import { percent, whole } from './support/table.ts';
import type { AttemptKind, AttemptsCalls } from './workers/attempts.ts';
import type { ReceiverCalls } from './workers/receiver.ts';

const AIM_PER_CPU_SECOND = 8_000;

const titles: Readonly<Record<AttemptKind, string>> = {
  attempt: 'attempt: pending record to encoded outcome',
  request: 'bare undici request',
  dispatch: 'bare undici dispatch',
};
const kinds = Object.keys(titles) as AttemptKind[];

interface Figure {
  readonly perCpuSecond: number;
  readonly perSecond: number;
}

/** CPU of an attempt without Kafka, beside the same request by undici alone; rounds alternate. */
export const attemptsBench: Bench = {
  name: 'attempts',
  title: 'Attempts alone: HTTPS, signed, outcome encoded',
  profiled: 'delivery',
  run: async (options) => {
    const directory = await mkdtemp(join(tmpdir(), 'switchboard-bench-'));
    const receiver = startWorker<ReceiverCalls>('receiver');
    const attempts = startWorker<AttemptsCalls>('attempts', { environment: profiling(options) });
    try {
      const authority = await createCertificateAuthority({ directory });
      const [port] = await receiver.call('listen', { certificate: await authority.issue(), endpoints: 1 });
      await attempts.call('open', { endpoint: `https://127.0.0.1:${port}/webhook`, authority: authority.pem });
      return await compare(options, async (kind, count) => {
        const { cpuSeconds, elapsedMs } = await attempts.call('round', { kind, count });
        await receiver.call('take', null);
        return { perCpuSecond: count / cpuSeconds, perSecond: (count * 1_000) / elapsedMs };
      });
    } finally {
      await Promise.all([attempts.stop(), receiver.stop()]);
      await rm(directory, { recursive: true, force: true });
    }
  },
};

function profiling({ profileDir }: BenchOptions): Record<string, string> {
  return profileDir === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${join(profileDir, 'delivery')}` };
}

async function compare(
  { quick, profileDir, report }: BenchOptions,
  round: (kind: AttemptKind, count: number) => Promise<Figure>,
): Promise<BenchResult> {
  const count = quick ? 10_000 : 20_000;
  const rounds = quick ? 3 : 7;
  // A profile is of the attempts alone.
  const measured = profileDir === undefined ? kinds : (['attempt'] as const);
  report(`attempts: ${rounds} rounds of ${whole(count)} each`);
  for (const kind of measured) await round(kind, count);
  const figures = new Map<AttemptKind, Figure[]>(measured.map((kind) => [kind, []]));
  for (let index = 0; index < rounds; index += 1) {
    for (const kind of measured) figures.get(kind)?.push(await round(kind, count));
  }
  const rows = [...figures].map(([kind, each]) => {
    const perCpuSecond = median(each.map((figure) => figure.perCpuSecond));
    return {
      kind,
      perCpuSecond,
      cpuMicros: 1e6 / perCpuSecond,
      perSecond: median(each.map((figure) => figure.perSecond)),
      spread: spread(each.map((figure) => figure.perCpuSecond)),
    };
  });
  const missed = rows.some(({ kind, perCpuSecond }) => kind === 'attempt' && perCpuSecond < AIM_PER_CPU_SECOND);
  return {
    tables: [
      {
        columns: ['what', 'per CPU s', 'CPU each', 'per second', 'rounds within'],
        rows: rows.map((row) => [
          titles[row.kind],
          whole(row.perCpuSecond),
          `${row.cpuMicros.toFixed(0)} µs`,
          whole(row.perSecond),
          `± ${percent(row.spread)}`,
        ]),
      },
    ],
    rows,
    notes: [
      `Aim: at least ${whole(AIM_PER_CPU_SECOND)} attempts per CPU second.`,
      `One endpoint in its own process that responds 200 at once over HTTPS with keep-alive; 32 requests at the same time, and up to 96 deliveries behind them in the lane. Medians of ${rounds} rounds of ${whole(count)}, alternating. A body has about 1 kB.`,
    ],
    ...(missed ? { missed: 'delivery' as const } : {}),
  };
}
