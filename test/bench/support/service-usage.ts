import { readFile } from 'node:fs/promises';
import type { Service } from '@switchboard/local-stack';
import { pause } from './clock.ts';

/** What a service has used so far. */
export interface ServiceUsage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;

/** From the system where it tells; a busy service answers for itself only when it comes to it. */
export async function readUsage(service: Pick<Service, 'name' | 'healthUrl' | 'pid'>): Promise<ServiceUsage> {
  const pid = service.pid();
  if (pid === undefined) throw new Error(`the ${service.name} does not run`);
  return process.platform === 'linux' ? usageOf(pid) : ownUsage(service);
}

/** The same of any process of a Linux system. */
export async function usageOf(pid: number): Promise<ServiceUsage> {
  const [stat, statm] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile(`/proc/${pid}/statm`, 'utf8')]);
  // The name of the process, in parentheses, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return { cpuSeconds: (user + system) / TICKS_PER_SECOND, residentBytes: Number(statm.split(' ')[1]) * PAGE_BYTES };
}

async function ownUsage({ name, healthUrl }: Pick<Service, 'name' | 'healthUrl'>): Promise<ServiceUsage> {
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
  const watching = (async () => {
    while (running) {
      for (const service of services) {
        const { residentBytes } = await readUsage(service);
        most.set(service.name, Math.max(residentBytes, most.get(service.name) ?? 0));
      }
      await pause(500);
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
