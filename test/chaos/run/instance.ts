import { fileURLToPath } from 'node:url';
import type { ServiceName } from '@switchboard/local-stack';
import { readHostEnvironment } from '../../../packages/local-stack/src/config.ts';
import { type Child, type ChildEnd, startChild } from '../../../packages/local-stack/src/process/child.ts';
import { allocatorEnvironment, nodeFlagsOf } from '../../../packages/local-stack/src/stack/service.ts';

export interface InstanceOptions {
  readonly name: string;
  readonly service: ServiceName;
  readonly environment: Readonly<Record<string, string>>;
  readonly healthPort: number;
  readonly logFile: string;
  /** How it is started unless told otherwise. Default: by its own entry. */
  readonly usual?: Life | undefined;
}

/** How a process of the instance is started where it is not started as usual. */
export interface Life {
  /** Root of the checkout whose code it runs. Default: this one. */
  readonly checkout?: string;
  /** Entry file in place of the service's own, from the root of the checkout. */
  readonly entry?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A service process that is started again whenever it ends without being told to, as a supervisor of containers would. */
export interface Instance {
  readonly name: string;
  readonly service: ServiceName;
  readonly logFile: string;
  /** Starts it; false where it runs already, which changes nothing. */
  start(life?: Life): Promise<boolean>;
  /** SIGKILL; it stays down. */
  kill(): Promise<void>;
  /** SIGTERM; it stays down. Gives how it ended. */
  stop(): Promise<ChildEnd | undefined>;
  pause(): void;
  resume(): void;
  ready(): Promise<boolean>;
  /** Resolves when the process that runs now has ended. */
  ended(): Promise<void>;
  /** Ends that nobody asked for, in words. */
  unexpected(): readonly string[];
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const RESTART_PAUSE_MS = 500;

export function createInstance({ name, service, environment, healthPort, logFile, usual = {} }: InstanceOptions): Instance {
  const unexpected: string[] = [];
  let child: Child | undefined;
  let wanted = false;
  let mayCrash = false;
  let turn: Promise<unknown> = Promise.resolve();

  /** One after another: a rolling restart and a fault of this instance alone may come at once. */
  function inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const result = turn.then(act);
    turn = result.catch(() => undefined);
    return result;
  }

  async function launch(life: Life): Promise<void> {
    const entry = life.entry ?? `services/${service}/src/main.ts`;
    mayCrash = life.environment?.CRASH_AT !== undefined;
    const started = await startChild({
      command: process.execPath,
      args: [...nodeFlagsOf(service), entry],
      environment: { ...allocatorEnvironment, ...readHostEnvironment().inherited, ...environment, ...life.environment },
      logFile,
      directory: life.checkout ?? ROOT,
    });
    child = started;
    void started.ended.then((end) => again(started, end));
  }

  async function again(ended: Child, end: ChildEnd): Promise<void> {
    if (!wanted || child !== ended) return;
    if (!(mayCrash && end.signal === 'SIGKILL')) unexpected.push(`${name} ended by itself: ${end.signal ?? `status ${end.code}`}`);
    await new Promise((resolve) => setTimeout(resolve, RESTART_PAUSE_MS));
    await inTurn(async () => {
      if (wanted && child === ended) await launch(usual);
    });
  }

  return {
    name,
    service,
    logFile,
    start: (life = usual) =>
      inTurn(async () => {
        if (wanted) return false;
        wanted = true;
        await launch(life);
        return true;
      }),
    kill: () =>
      inTurn(async () => {
        wanted = false;
        await child?.kill();
      }),
    stop: () =>
      inTurn(async () => {
        if (!wanted) return undefined;
        wanted = false;
        return child?.stop();
      }),
    pause: () => child?.signal('SIGSTOP'),
    resume: () => child?.signal('SIGCONT'),
    async ready() {
      if (!wanted) return false;
      const answer = await fetch(`http://127.0.0.1:${healthPort}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
      await answer?.arrayBuffer();
      return answer?.status === 200;
    },
    ended: async () => {
      await child?.ended;
    },
    unexpected: () => [...unexpected],
  };
}
