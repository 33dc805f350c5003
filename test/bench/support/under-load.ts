import type { LoadCalls } from '../workers/load.ts';
import type { BenchOptions, BenchResult } from './bench.ts';
import { type BenchStack, startBenchStack } from './bench-stack.ts';
import { type Endpoints, startEndpoints } from './endpoints.ts';
import { startWorker } from './rpc.ts';

/** Measures a stack with endpoints and a sender, each in a process of its own. */
export type LoadMeasurement = (
  options: BenchOptions,
  stack: BenchStack,
  endpoints: Endpoints,
  load: ReturnType<typeof startWorker<LoadCalls>>,
) => Promise<BenchResult>;

/** Starts what the measurement needs, and stops it whatever happens. */
export async function underLoad(
  options: BenchOptions,
  { endpoints: count, maxRetries }: { readonly endpoints: number; readonly maxRetries?: number },
  measure: LoadMeasurement,
): Promise<BenchResult> {
  const stack = await startBenchStack(options);
  const endpoints = await startEndpoints(stack, count, maxRetries);
  const load = startWorker<LoadCalls>('load');
  try {
    return await measure(options, stack, endpoints, load);
  } finally {
    await Promise.all([load.stop(), endpoints.worker.stop()]);
    await stack.stop();
  }
}
