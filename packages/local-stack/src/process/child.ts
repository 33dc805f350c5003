import { spawn } from 'node:child_process';
import { mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgetGroup, watchGroup } from './watch.ts';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Both output streams are appended here; a file over 16 MiB goes to `<logFile>.1` first. */
  readonly logFile: string;
  readonly directory?: string;
}

/** How a child process ended. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process in a process group of its own, which ends with this process, whatever ends this process. */
export interface Child {
  readonly pid: number;
  readonly logFile: string;
  readonly ended: Promise<ChildEnd>;
  /** Undefined while it runs. */
  end(): ChildEnd | undefined;
  signal(name: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL when it has not ended after `graceMs`. Resolves when it has ended. */
  stop(graceMs?: number): Promise<ChildEnd>;
  /** SIGKILL; resolves when it has ended. */
  kill(): Promise<ChildEnd>;
  /** What this run has written to its log, at most the last 256 kB. */
  output(): Promise<string>;
}

// The shell waits for a line before it becomes the program, so that a program never runs which the watcher does not know of.
const GATE = 'read -r go && exec "$@"';
const STOP_GRACE_MS = 20_000;
const LONGEST_LOG = 16 * 1024 * 1024;
const LONGEST_OUTPUT = 256 * 1024;

export async function startChild(options: ChildOptions): Promise<Child> {
  await mkdir(dirname(options.logFile), { recursive: true });
  const earlier = (await stat(options.logFile).catch(() => undefined))?.size ?? 0;
  if (earlier > LONGEST_LOG) await rename(options.logFile, `${options.logFile}.1`);
  const log = await open(options.logFile, 'a');
  const { size: logStart } = await log.stat();
  const spawned = spawn('/bin/sh', ['-c', GATE, 'sh', options.command, ...options.args], {
    detached: true,
    stdio: ['pipe', log.fd, log.fd],
    env: options.environment,
    cwd: options.directory,
  });
  await log.close();
  const { pid } = spawned;
  if (pid === undefined) {
    await new Promise((_resolve, reject) => spawned.once('error', reject));
    throw new Error('unreachable');
  }

  let end: ChildEnd | undefined;
  const ended = new Promise<ChildEnd>((resolve) => {
    spawned.once('exit', (code, signal) => {
      end = { code, signal };
      void forgetGroup(pid);
      resolve(end);
    });
  });
  spawned.on('error', () => {});
  spawned.stdin?.on('error', () => {});
  await watchGroup(pid);
  spawned.stdin?.end('go\n');

  const signal = (name: NodeJS.Signals): void => {
    if (end !== undefined) return;
    try {
      process.kill(-pid, name);
    } catch {
      // It ended between the look and the signal.
    }
  };
  return {
    pid,
    logFile: options.logFile,
    ended,
    end: () => end,
    signal,
    async stop(graceMs = STOP_GRACE_MS) {
      signal('SIGTERM');
      signal('SIGCONT');
      const killer = setTimeout(() => signal('SIGKILL'), graceMs);
      try {
        return await ended;
      } finally {
        clearTimeout(killer);
      }
    },
    kill() {
      signal('SIGKILL');
      return ended;
    },
    output: () => readFrom(options.logFile, logStart),
  };
}

/** Waits until `ready` says so. `ended` when the child ended before; `late` when `timeoutMs` passed. */
export async function untilReady(
  child: Pick<Child, 'end'>,
  ready: () => Promise<boolean>,
  timeoutMs: number,
  intervalMs = 50,
): Promise<'ready' | 'ended' | 'late'> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (child.end() !== undefined) return 'ended';
    if (await ready().catch(() => false)) return child.end() === undefined ? 'ready' : 'ended';
    if (Date.now() >= deadline) return 'late';
    await sleep(intervalMs);
  }
}

async function readFrom(path: string, start: number): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    const from = Math.max(start, size - LONGEST_OUTPUT);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(size - from, 0)), 0, Math.max(size - from, 0), from);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The last lines of a text, for an error message. */
export function lastLines(text: string, count = 12): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
