import { startWorker } from '../../bench/support/rpc.ts';
import type { AbuseCalls } from './abuse-main.ts';
import { checkDescriptorLimit } from './descriptor-limit.ts';
import type { AbuseCounters, AbuseOptions } from './start-abuse.ts';

export interface RunningAbuse {
  counters(): Promise<AbuseCounters>;
  /** Closes every connection; gives the counters of before. */
  stop(): Promise<AbuseCounters>;
}

/** Abusers in a process of their own. */
export interface AbuseProcess {
  /** Throws RangeError where the system does not admit as many sockets. */
  start(options: AbuseOptions): Promise<RunningAbuse>;
  end(): Promise<void>;
}

export function startAbuseProcess(): AbuseProcess {
  const worker = startWorker<AbuseCalls>(new URL('./abuse-main.ts', import.meta.url), { detached: true });
  return {
    async start(options) {
      checkDescriptorLimit(options.sockets);
      const id = await worker.call('start', options);
      return { counters: () => worker.call('counters', id), stop: () => worker.call('stop', id) };
    },
    end: () => worker.stop(),
  };
}
