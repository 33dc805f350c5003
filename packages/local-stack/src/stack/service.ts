import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readHostEnvironment } from '../config.ts';
import { StackError } from '../errors.ts';
import { type Child, type ChildEnd, lastLines, startChild, untilReady } from '../process/child.ts';
import type { Claim } from '../process/claim.ts';
import type { ServiceName } from './service-names.ts';

export interface ServiceOptions {
  readonly name: ServiceName;
  readonly environment: Readonly<Record<string, string>>;
  readonly healthPort: number;
  readonly logFile: string;
  readonly claim: Claim;
}

/** A service as a process of its own. */
export interface Service {
  readonly name: ServiceName;
  /** `http://127.0.0.1:<port>` of /livez, /readyz and /metrics. */
  readonly healthUrl: string;
  readonly logFile: string;
  pid(): number | undefined;
  /** Starts the process, with more variables where given, and waits until it is ready. Does nothing when it runs. Throws StackError. */
  start(environment?: Readonly<Record<string, string>>): Promise<void>;
  /** SIGTERM; resolves with how it ended. */
  stop(): Promise<ChildEnd | undefined>;
  /** SIGKILL. */
  kill(): Promise<ChildEnd | undefined>;
  /** Stops it when it runs and starts it again, with more variables where given. */
  restart(environment?: Readonly<Record<string, string>>): Promise<void>;
  pause(): void;
  resume(): void;
  /** Resolves when the process that runs now has ended. */
  ended(): Promise<ChildEnd | undefined>;
  /** The lines that its present or last process wrote. */
  output(): Promise<string>;
}

/**
 * How a process is run, in the image too. V8 lets the young generation grow to four times this when many requests wait at once, which
 * is memory that a process keeps and gains little by.
 */
export const nodeFlags: readonly string[] = ['--max-semi-space-size=16'];

/** The flags of one service. The ingress needs 30 MiB less with a smaller young generation, in a flood too, and 2 to 4 % more CPU. */
export function nodeFlagsOf(service: string): readonly string[] {
  return service === 'ingress' ? ['--max-semi-space-size=4'] : nodeFlags;
}

/**
 * How every service allocates memory, in the image too. glibc takes blocks below a threshold from a heap that shrinks only at
 * its top: a burst of bodies of 64 KiB left 200 MiB that were free and resident. Larger blocks have their own mapping, which
 * is returned to the system when they are freed. By default the threshold grows with the blocks that were freed.
 */
export const allocatorEnvironment: Readonly<Record<string, string>> = { MALLOC_MMAP_THRESHOLD_: '16384', MALLOC_ARENA_MAX: '2' };

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const READY_TIMEOUT_MS = 60_000;

export function createService(options: ServiceOptions): Service {
  const { name, healthPort, logFile } = options;
  const healthUrl = `http://127.0.0.1:${healthPort}`;
  let child: Child | undefined;
  const running = (): Child | undefined => (child?.end() === undefined ? child : undefined);

  const start = async (more: Readonly<Record<string, string>> = {}): Promise<void> => {
    if (running() !== undefined) return;
    const started = await startChild({
      command: process.execPath,
      args: [...nodeFlagsOf(name), join(ROOT, 'services', name, 'src', 'main.ts')],
      environment: { ...allocatorEnvironment, ...readHostEnvironment().inherited, ...options.environment, ...more },
      logFile,
      directory: ROOT,
    });
    child = started;
    await options.claim.record(started.pid);
    const state = await untilReady(started, () => answersReady(healthUrl), READY_TIMEOUT_MS);
    if (state !== 'ready') throw await notReady(name, state, started);
  };
  const stop = async (): Promise<ChildEnd | undefined> => running()?.stop();

  return {
    name,
    healthUrl,
    logFile,
    pid: () => running()?.pid,
    start,
    stop,
    kill: async () => running()?.kill(),
    async restart(more) {
      await stop();
      await start(more);
    },
    pause: () => running()?.signal('SIGSTOP'),
    resume: () => running()?.signal('SIGCONT'),
    ended: async () => running()?.ended,
    output: async () => child?.output() ?? '',
  };
}

async function answersReady(healthUrl: string): Promise<boolean> {
  const response = await fetch(`${healthUrl}/readyz`, { signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  return response.status === 200;
}

async function notReady(name: ServiceName, state: 'ended' | 'late', child: Child): Promise<StackError> {
  const log = `see ${child.logFile}\n${lastLines(await child.output())}`;
  const end = child.end();
  if (state === 'late') return new StackError('ERR_STACK_NOT_READY', `the ${name} is not ready after ${READY_TIMEOUT_MS / 1000} s; ${log}`);
  return new StackError('ERR_STACK_ENDED_EARLY', `the ${name} ended (${end?.signal ?? `status ${end?.code}`}) before it was ready; ${log}`);
}
