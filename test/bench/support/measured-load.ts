import type { LoadCalls } from '../workers/load.ts';
import type { Row } from './bench.ts';
import type { BenchStack } from './bench-stack.ts';
import { costFigures, round } from './cost-figures.ts';
import type { Endpoints } from './endpoints.ts';
import { type Costs, costsBetween, type Reading, readMeter } from './meter.ts';
import type { Worker } from './rpc.ts';
import { percentile } from './statistics.ts';
import { type BurstLoad, type LoadOutcome, latenciesOf, missingOf, type SteadyLoad, sendBurst, sendSteadily } from './steady-load.ts';

export interface MeasuredLoad {
  readonly outcome: LoadOutcome;
  /** From the first request to the last first attempt. */
  readonly costs: Costs;
}

/** Sends a load at a rate or as a burst, and measures what the processes use from its first request to its last first attempt. */
export async function measureLoad(
  stack: BenchStack,
  worker: Worker<LoadCalls>,
  endpoints: Endpoints,
  load: SteadyLoad | BurstLoad,
): Promise<MeasuredLoad> {
  let before: Reading | undefined;
  const onBegin = async (): Promise<void> => {
    before = await readMeter(stack);
  };
  const outcome =
    'perSecond' in load
      ? await sendSteadily(stack, worker, endpoints, { ...load, onBegin })
      : await sendBurst(stack, worker, endpoints, { ...load, onBegin });
  const after = await readMeter(stack);
  if (before === undefined) throw new Error('the load did not begin');
  return { outcome, costs: costsBetween(before, after) };
}

/** Latency, what is missing, and costs, as figures of a row. */
export function loadFigures({ outcome, costs }: MeasuredLoad): Row {
  const latencies = latenciesOf(outcome);
  return {
    p50Ms: round(percentile(latencies, 0.5), 1),
    p99Ms: round(percentile(latencies, 0.99), 1),
    missing: missingOf(outcome),
    refused: outcome.refused,
    ...costFigures(costs, { notifications: outcome.conversations.length, deliveries: outcome.arrivals.length }),
  };
}
