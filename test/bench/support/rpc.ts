import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a worker can be asked, by name. Arguments and answers cross as JSON-like values; Float64Array is kept. */
export type Handlers = Readonly<Record<string, (argument: never) => unknown>>;

export interface Worker<Calls extends Handlers> {
  readonly pid: number;
  call<Name extends keyof Calls & string>(name: Name, argument: Parameters<Calls[Name]>[0]): Promise<Awaited<ReturnType<Calls[Name]>>>;
  stop(): Promise<void>;
}

interface Question {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly failure: string });

export interface WorkerOptions {
  /** Beside that of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** In a separate session, which a priority among all processes of the machine needs; see lowest-priority.ts. */
  readonly detached?: boolean;
}

/** Starts `test/bench/workers/<name>.ts`, or the file, as a dedicated process; it ends with this one. */
export function startWorker<Calls extends Handlers>(
  name: string | URL,
  { environment, detached = false }: WorkerOptions = {},
): Worker<Calls> {
  const file = fileURLToPath(name instanceof URL ? name : new URL(`../workers/${name}.ts`, import.meta.url));
  const child = fork(file, { serialization: 'advanced', env: { ...process.env, ...environment }, detached });
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let next = 0;
  child.on('message', (message) => {
    const answer = message as Answer;
    const waiting = open.get(answer.id);
    open.delete(answer.id);
    if ('failure' in answer) waiting?.reject(new Error(`${name}: ${answer.failure}`));
    else waiting?.resolve(answer.value);
  });
  child.once('exit', (code, signal) => {
    for (const { reject } of open.values()) reject(new Error(`the worker ${name} ended with ${signal ?? code}`));
    open.clear();
  });
  return {
    pid: child.pid ?? 0,
    call: (call, argument) => {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const id = next;
      next += 1;
      open.set(id, { resolve, reject });
      child.send({ id, name: call, argument } satisfies Question);
      return promise as ReturnType<Worker<Calls>['call']> as never;
    },
    stop: () => end(child),
  };
}

/** Answers the questions of the process that started this one. */
export function serveCalls(handlers: Handlers): void {
  process.on('message', (message) => {
    const { id, name, argument } = message as Question;
    answer(handlers[name], argument).then(
      (value) => process.send?.({ id, value } satisfies Answer),
      (error: unknown) =>
        process.send?.({ id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies Answer),
    );
  });
  process.once('disconnect', () => process.exit());
}

async function answer(handler: ((argument: never) => unknown) | undefined, argument: unknown): Promise<unknown> {
  if (handler === undefined) throw new Error('there is no such call');
  return await handler(argument as never);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}
