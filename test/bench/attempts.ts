import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificateAuthority } from '@switchboard/local-stack';
import type { Bench, BenchOptions, BenchResult } from './support/bench.ts';
import { pause } from './support/clock.ts';
import { round } from './support/cost-figures.ts';
import { startWorker, type Worker } from './support/rpc.ts';
import { usageOf } from './support/service-usage.ts';
import { median, spread } from './support/statistics.ts';
import { percent, whole } from './support/table.ts';
import type { AttemptCalls } from './workers/attempts.ts';
import type { ReceiverCalls } from './workers/receiver.ts';

const AIM_PER_CPU_SECOND = 8_000;
const TIMEOUT_MS = 120_000;

interface Rate {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

/** The dispatching half of the delivery service over a log in memory, beside undici alone; rounds of both alternate. */
export const attemptsBench: Bench = {
  name: 'attempts',
  title: 'Attempts without Kafka',
  profiled: 'delivery',
  async run(options) {
    const directory = await mkdtemp(join(tmpdir(), 'switchboard-bench-'));
    const receiver = startWorker<ReceiverCalls>('receiver');
    // Each in a dedicated process, so that neither shares the other's garbage.
    const workers = { ours: startWorker<AttemptCalls>('attempts'), bare: startWorker<AttemptCalls>('attempts') };
    try {
      const authority = await createCertificateAuthority({ directory });
      const [port] = await receiver.call('listen', { certificate: await authority.issue(), endpoints: 1 });
      const target = { authority: await readFile(authority.file, 'utf8'), endpoint: `https://127.0.0.1:${port}/webhook` };
      await Promise.all(Object.values(workers).map((worker) => worker.call('aim', target)));
      return await compare(options, workers, receiver);
    } finally {
      await Promise.all([receiver.stop(), workers.ours.stop(), workers.bare.stop()]);
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function compare(
  { quick, report, rounds = quick ? 2 : 5 }: BenchOptions,
  { ours, bare }: Readonly<Record<'ours' | 'bare', Worker<AttemptCalls>>>,
  receiver: Worker<ReceiverCalls>,
): Promise<BenchResult> {
  const count = quick ? 4_000 : 8_000;
  async function rate(worker: Worker<AttemptCalls>, begin: () => Promise<void>): Promise<Rate> {
    const until = (await receiver.call('count', null)) + count;
    await begin();
    const look = async () => ({
      at: performance.now(),
      arrived: await receiver.call('count', null),
      ...(await usageOf(worker.pid)),
    });
    const from = await look();
    let to = from;
    for (const deadline = from.at + TIMEOUT_MS; to.arrived < until; to = await look()) {
      if (performance.now() > deadline) throw new Error(`${until - to.arrived} of ${count} attempts were not made in ${TIMEOUT_MS} ms`);
      await pause(20);
    }
    await receiver.call('take', null);
    const attempts = to.arrived - from.arrived;
    return { perSecond: (attempts * 1_000) / (to.at - from.at), perCpuSecond: attempts / (to.cpuSeconds - from.cpuSeconds) };
  }
  const pair = async () => ({
    ours: await rate(ours, () => ours.call('deliver', count)),
    bare: await rate(bare, () => bare.call('request', count)),
  });
  report('attempts: warming up');
  await pair();
  report('attempts: rounds');
  const pairs: { ours: Rate; bare: Rate }[] = [];
  for (let index = 0; index < rounds; index += 1) pairs.push(await pair());

  const shares = pairs.map((each) => each.ours.perCpuSecond / each.bare.perCpuSecond);
  const of = (side: 'ours' | 'bare', figure: keyof Rate): number => Math.round(median(pairs.map((each) => each[side][figure])));
  const row = {
    perSecond: of('ours', 'perSecond'),
    perCpuSecond: of('ours', 'perCpuSecond'),
    bareRatePerS: of('bare', 'perSecond'),
    barePerCpu: of('bare', 'perCpuSecond'),
    perCpuShare: round(median(shares), 3),
  };
  return {
    tables: [
      {
        columns: ['attempts', '/s', '/ CPU s', 'bare /s', 'bare / CPU s', 'share per CPU s', 'rounds within'],
        rows: [
          [
            'signed, HTTPS keep-alive, outcome encoded',
            whole(row.perSecond),
            whole(row.perCpuSecond),
            whole(row.bareRatePerS),
            whole(row.barePerCpu),
            percent(row.perCpuShare),
            `± ${percent(spread(shares))}`,
          ],
        ],
      },
    ],
    rows: [row],
    notes: [
      `Aim: at least ${whole(AIM_PER_CPU_SECOND)} attempts for each CPU second.`,
      `From a pending delivery in memory to its outcome in memory: reading the event, lanes, rendering, signing, the request and the outcome record. Bare is undici's \`request\` of the same size on as many connections. Medians of ${rounds} rounds of ${whole(count)} attempts, alternating; the receiver is a dedicated process.`,
    ],
    ...(row.perCpuSecond < AIM_PER_CPU_SECOND ? { missed: 'delivery' as const } : {}),
  };
}
