import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

type Watcher = ChildProcessByStdio<Writable, null, null>;

const watched = new Set<number>();
let watcher: Watcher | undefined;

const SHORT_LIFE_MS = 1_000;

/** Resolves when the watcher knows the process group: it ends with this process from then on, whatever becomes of this process. */
export async function watchGroup(pid: number): Promise<void> {
  watched.add(pid);
  watcher ??= startWatcher([...watched]);
  await tell(watcher, `+${pid}\n`);
}

/** The group has ended by itself. */
export async function forgetGroup(pid: number): Promise<void> {
  watched.delete(pid);
  if (watcher !== undefined) await tell(watcher, `-${pid}\n`);
}

function startWatcher(known: readonly number[]): Watcher {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./watcher.ts', import.meta.url))], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
  });
  const begun = performance.now();
  const replace = (): void => {
    if (watcher !== child) return;
    watcher = undefined;
    // One that cannot live is not started over and over without a pause.
    const pause = performance.now() - begun < SHORT_LIFE_MS ? SHORT_LIFE_MS : 0;
    setTimeout(() => {
      if (watched.size > 0) watcher ??= startWatcher([...watched]);
    }, pause).unref();
  };
  child.once('exit', replace);
  child.on('error', replace);
  child.stdin.on('error', () => {});
  // The watcher must not keep this process alive.
  child.unref();
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  for (const pid of known) child.stdin.write(`+${pid}\n`);
  return child;
}

function tell(target: Watcher, line: string): Promise<void> {
  return new Promise((resolve) => {
    target.stdin.write(line, () => resolve());
  });
}
