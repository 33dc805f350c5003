import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** The machine and the versions, one fact a line. */
export function describeMachine(now: Date): string[] {
  const processors = cpus();
  return [
    `Date: ${now.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    `Processor: ${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`,
    `Memory: ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `System: ${type()} ${release()}, Node ${process.versions.node}`,
  ];
}

/** Processes that wanted a core in the last minute, for each core: above 1 the figures are of a busy machine. */
export function loadPerCore(): number {
  return (loadavg()[0] ?? 0) / cpus().length;
}
