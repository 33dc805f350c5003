import { type ServiceName, serviceNames } from '@switchboard/local-stack';
import type { Bench } from './support/bench.ts';
import { type BenchStack, startBenchStack } from './support/bench-stack.ts';
import { pause } from './support/clock.ts';
import { round } from './support/cost-figures.ts';
import { startEndpoints } from './support/endpoints.ts';
import { startWorker } from './support/rpc.ts';
import { readUsage, watchMemory } from './support/service-usage.ts';
import { sendSteadily } from './support/steady-load.ts';
import { mebibytes, percent } from './support/table.ts';
import type { LoadCalls } from './workers/load.ts';

const PER_SECOND = 500;

/** What the services hold and use while nothing happens, and while messages pass. */
export const footprintBench: Bench = {
  name: 'footprint',
  title: 'Memory and idle cost',
  profiled: 'delivery',
  run: async (options) => {
    const { quick, report } = options;
    const stack = await startBenchStack(options);
    const endpoints = await startEndpoints(stack, 10);
    const load = startWorker<LoadCalls>('load');
    try {
      report('footprint: at rest');
      await pause(quick ? 5_000 : 20_000);
      const rest = await costOf(stack, () => pause(quick ? 5_000 : 30_000));
      report('footprint: under load');
      const memory = watchMemory(Object.values(stack.services));
      const busy = await costOf(stack, async () => {
        await sendSteadily(stack, load, endpoints, { name: 'load', perSecond: PER_SECOND, seconds: quick ? 6 : 30 });
      });
      const most = await memory.stop();
      return {
        rows: serviceNames.map((name) => ({
          service: name,
          atRestMiB: Math.round(rest[name].residentBytes / 2 ** 20),
          underLoadMiB: Math.round((most.get(name) ?? Number.NaN) / 2 ** 20),
          atRestCpuShareOfCore: round(rest[name].share, 3),
          underLoadCpuShareOfCore: round(busy[name].share, 3),
        })),
        tables: [
          {
            columns: ['service', 'memory at rest', `memory at ${PER_SECOND} /s, most`, 'CPU at rest', `CPU at ${PER_SECOND} /s`],
            rows: serviceNames.map((name) => [
              name,
              mebibytes(rest[name].residentBytes),
              mebibytes(most.get(name) ?? Number.NaN),
              percent(rest[name].share),
              percent(busy[name].share),
            ]),
          },
        ],
        notes: [`Resident memory; CPU as a share of one core. ${PER_SECOND} messages a second, one delivery each.`],
      };
    } finally {
      await Promise.all([load.stop(), endpoints.worker.stop()]);
      await stack.stop();
    }
  },
};

interface Cost {
  /** Of one core. */
  readonly share: number;
  readonly residentBytes: number;
}

async function costOf(stack: BenchStack, during: () => Promise<void>): Promise<Readonly<Record<ServiceName, Cost>>> {
  const look = async () => {
    const entries = serviceNames.map(
      async (name) => [name, { at: performance.now(), ...(await readUsage(stack.services[name])) }] as const,
    );
    return new Map(await Promise.all(entries));
  };
  const before = await look();
  await during();
  const after = await look();
  const costs = serviceNames.map((name): [ServiceName, Cost] => {
    const [from, to] = [before.get(name), after.get(name)];
    if (from === undefined || to === undefined) throw new Error(`nothing is known of the ${name}`);
    return [name, { share: ((to.cpuSeconds - from.cpuSeconds) * 1_000) / (to.at - from.at), residentBytes: from.residentBytes }];
  });
  return Object.fromEntries(costs) as Record<ServiceName, Cost>;
}
