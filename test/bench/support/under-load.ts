import type { StackOptions } from '@switchboard/local-stack';
import type { LoadCalls } from '../workers/load.ts';
import type { BenchOptions, BenchResult } from './bench.ts';
import { type BenchStack, startBenchStack } from './bench-stack.ts';
import { type Endpoints, startEndpoints } from './endpoints.ts';
import { startWorker } from './rpc.ts';

export interface LoadOptions extends Pick<StackOptions, 'environment' | 'kafkaBrokers'> {
  readonly endpoints: number;
  readonly maxRetries?: number;
}

/** Measures a stack with endpoints and a sender, each in a dedicated process. */
export type LoadMeasurement<Result = BenchResult> = (
  options: BenchOptions,
  stack: BenchStack,
  endpoints: Endpoints,
  load: ReturnType<typeof startWorker<LoadCalls>>,
) => Promise<Result>;

/** Starts what the measurement needs, and stops it when the measurement ends or fails. */
export async function underLoad<Result>(
  options: BenchOptions,
  { endpoints: count, maxRetries, ...stackOptions }: LoadOptions,
  measure: LoadMeasurement<Result>,
): Promise<Result> {
  const stack = await startBenchStack(options, stackOptions);
  try {
    const endpoints = await startEndpoints(stack, count, maxRetries);
    const load = startWorker<LoadCalls>('load');
    try {
      return await measure(options, stack, endpoints, load);
    } finally {
      await Promise.all([load.stop(), endpoints.worker.stop()]);
    }
  } finally {
    await stack.stop();
  }
}
