import { type DataPlaneName, dataPlaneNames } from '@switchboard/local-stack';
import type { BenchStack } from './bench-stack.ts';
import { scrape } from './metrics.ts';
import { apiKeys, type RequestCounts, readCounts } from './requests-sent/read-counts.ts';
import { readUsage, usageOf } from './service-usage.ts';

export type ProcessName = DataPlaneName | 'broker' | 'registry';

/** What the processes of a stack have used and done so far. A service that does not run is absent. */
export interface Reading {
  /** Milliseconds. */
  readonly at: number;
  readonly cpuSeconds: ReadonlyMap<ProcessName, number>;
  readonly requests: ReadonlyMap<DataPlaneName, RequestCounts>;
  /** Records that the service has written in transactions: events, deliveries. */
  readonly records: ReadonlyMap<DataPlaneName, number>;
}

/** What they used between two readings. */
export interface Costs {
  readonly seconds: number;
  readonly cpuSeconds: ReadonlyMap<ProcessName, number>;
  /** CPU seconds of the services. */
  readonly ownCpuSeconds: number;
  /** CPU seconds of the services, the broker and the registry. */
  readonly allCpuSeconds: number;
  /** Requests to the broker, of all services. */
  readonly requests: number;
  /** Of those services that write in transactions: the normalizer, and the fan-out of the delivery. */
  readonly transactions: ReadonlyMap<DataPlaneName, { readonly perSecond: number; readonly recordsEach: number }>;
}

const recordCounters: Partial<Readonly<Record<DataPlaneName, string>>> = {
  normalizer: 'normalizer_events_total',
  delivery: 'delivery_deliveries_total',
};

export async function readMeter(stack: BenchStack): Promise<Reading> {
  const cpuSeconds = new Map<ProcessName, number>();
  const requests = new Map<DataPlaneName, RequestCounts>();
  const records = new Map<DataPlaneName, number>();
  for (const [name, store] of [['broker', stack.backbone.kafka] as const, ['registry', stack.backbone.registry] as const]) {
    const pid = store?.pid();
    if (pid !== undefined && process.platform === 'linux') cpuSeconds.set(name, (await usageOf(pid)).cpuSeconds);
  }
  await Promise.all(
    dataPlaneNames.map(async (name) => {
      const service = stack.services[name];
      const pid = service.pid();
      if (pid === undefined) return;
      requests.set(name, await readCounts(stack.countsDir, pid));
      const counter = recordCounters[name];
      if (counter !== undefined) records.set(name, (await scrape(service)).sum(counter) || 0);
      cpuSeconds.set(name, (await readUsage(service)).cpuSeconds);
    }),
  );
  return { at: performance.now(), cpuSeconds, requests, records };
}

/** Both readings must be of the same processes. */
export function costsBetween(before: Reading, after: Reading): Costs {
  const seconds = (after.at - before.at) / 1_000;
  const cpuSeconds = new Map([...after.cpuSeconds].map(([name, used]) => [name, used - (before.cpuSeconds.get(name) ?? 0)]));
  const sent = (name: DataPlaneName, apiKey?: number): number => {
    const [from = {}, to = {}] = [before.requests.get(name), after.requests.get(name)];
    const keys = apiKey === undefined ? Object.keys(to) : [String(apiKey)];
    return keys.reduce((sum, key) => sum + (to[key] ?? 0) - (from[key] ?? 0), 0);
  };
  const transactions = new Map(
    [...after.records].map(([name, records]) => {
      const ended = sent(name, apiKeys.endTxn);
      return [name, { perSecond: ended / seconds, recordsEach: (records - (before.records.get(name) ?? 0)) / ended }] as const;
    }),
  );
  const sum = (names: readonly ProcessName[]): number => names.reduce((total, name) => total + (cpuSeconds.get(name) ?? 0), 0);
  return {
    seconds,
    cpuSeconds,
    ownCpuSeconds: sum(dataPlaneNames),
    allCpuSeconds: sum([...dataPlaneNames, 'broker', 'registry']),
    requests: dataPlaneNames.reduce((total, name) => total + sent(name), 0),
    transactions,
  };
}
