import type { Service } from '@switchboard/local-stack';

/** What a service has used so far, as it says itself. */
export interface ServiceUsage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

export async function readUsage({ name, healthUrl }: Pick<Service, 'name' | 'healthUrl'>): Promise<ServiceUsage> {
  const response = await fetch(`${healthUrl}/metrics`);
  const text = await response.text();
  const value = (metric: string): number => {
    const found = new RegExp(`^${metric}(?:\\{[^}]*\\})? ([0-9.e+-]+)`, 'm').exec(text)?.[1];
    if (found === undefined) throw new Error(`the ${name} has no metric ${metric}`);
    return Number(found);
  };
  return { cpuSeconds: value('process_cpu_seconds_total'), residentBytes: value('process_resident_memory_bytes') };
}

/** Looks at the memory of services every half second; `stop` gives the most that each held. */
export function watchMemory(services: readonly Service[]): { stop(): Promise<ReadonlyMap<string, number>> } {
  const most = new Map<string, number>();
  let running = true;
  const look = async (): Promise<void> => {
    for (const service of services) {
      const { residentBytes } = await readUsage(service);
      most.set(service.name, Math.max(residentBytes, most.get(service.name) ?? 0));
    }
  };
  const watching = (async () => {
    while (running) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  })();
  return {
    async stop() {
      running = false;
      await watching;
      return most;
    },
  };
}
