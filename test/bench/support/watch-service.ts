import type { Service } from '@switchboard/local-stack';
import { pause } from './clock.ts';
import { scrape } from './metrics.ts';
import { readUsage } from './service-usage.ts';

export interface Watched {
  readonly mostResidentBytes: number;
  /** Longest delay of the event loop, seconds. */
  readonly longestLoopDelaySeconds: number;
  readonly cpuSeconds: number;
}

/** Looks at a running service every half second, memory and event loop; `stop` gives the most that was seen. */
export async function watchService(service: Service): Promise<{ stop(): Promise<Watched> }> {
  const metric = `${service.name}_event_loop_delay_seconds`;
  const { cpuSeconds: cpuBefore } = await readUsage(service);
  // The first scrape ends the period before.
  await scrape(service);
  let mostResidentBytes = 0;
  let longestLoopDelaySeconds = 0;
  let running = true;
  const look = async (): Promise<void> => {
    mostResidentBytes = Math.max(mostResidentBytes, (await readUsage(service)).residentBytes);
    longestLoopDelaySeconds = Math.max(longestLoopDelaySeconds, (await scrape(service)).sum(metric, 'quantile="1"'));
  };
  const watching = (async () => {
    while (running) {
      await look();
      await pause(500);
    }
  })();
  return {
    async stop() {
      running = false;
      await watching;
      await look();
      const { cpuSeconds } = await readUsage(service);
      return { mostResidentBytes, longestLoopDelaySeconds, cpuSeconds: cpuSeconds - cpuBefore };
    },
  };
}
