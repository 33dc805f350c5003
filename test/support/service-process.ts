import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServiceProcess {
  /** Lines that it wrote to stdout and stderr. */
  readonly lines: readonly string[];
  /** Resolves with the first log line that has this message; rejects when the process ends before. */
  logged(message: string): Promise<Readonly<Record<string, unknown>>>;
  /** Sends SIGTERM; gives the exit code. */
  terminate(): Promise<number | null>;
}

/** Starts services/<name> as a process of its own, with these variables and nothing else of the environment but PATH. */
export function startServiceProcess(name: string, environment: Readonly<Record<string, string>>): ServiceProcess {
  const entry = fileURLToPath(new URL(`../../services/${name}/src/main.ts`, import.meta.url));
  const child = spawn(process.execPath, [entry], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  const take = (line: string) => {
    lines.push(line);
    for (const listener of listeners) listener(line);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', take);
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    lines,
    logged(message) {
      const found = Promise.withResolvers<Readonly<Record<string, unknown>>>();
      const look = (line: string) => {
        if (line.includes(`"msg":${JSON.stringify(message)}`)) found.resolve(JSON.parse(line));
      };
      lines.forEach(look);
      listeners.add(look);
      void ended.then((code) => found.reject(new Error(`${name} ended with ${code}:\n${lines.join('\n')}`)));
      return found.promise.finally(() => listeners.delete(look));
    },
    async terminate() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
