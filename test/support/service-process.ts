import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServiceProcess {
  /** Lines that it wrote to stdout and stderr. */
  readonly lines: readonly string[];
  /** Resolves with the first log line that has this message; rejects when the process ends before. */
  logged(message: string): Promise<Readonly<Record<string, unknown>>>;
  /** Resolves with the first log line that has this field; rejects when the process ends before. */
  loggedWith(field: string): Promise<Readonly<Record<string, unknown>>>;
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
  const found = (isWanted: (line: string) => boolean): Promise<Readonly<Record<string, unknown>>> => {
    const wanted = Promise.withResolvers<Readonly<Record<string, unknown>>>();
    const look = (line: string) => {
      if (isWanted(line)) wanted.resolve(JSON.parse(line));
    };
    lines.forEach(look);
    listeners.add(look);
    void ended.then((code) => wanted.reject(new Error(`${name} ended with ${code}:\n${lines.join('\n')}`)));
    return wanted.promise.finally(() => listeners.delete(look));
  };
  return {
    lines,
    logged: (message) => found((line) => line.includes(`"msg":${JSON.stringify(message)}`)),
    loggedWith: (field) => found((line) => line.includes(`${JSON.stringify(field)}:`)),
    async terminate() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
