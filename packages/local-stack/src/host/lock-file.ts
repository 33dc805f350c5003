import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, isSameProcess, type ProcessIdentity } from './process-identity.ts';

// Removing takes a millisecond; whoever takes this long was killed in the middle.
const LONGEST_REMOVAL_MS = 5_000;

/** A held lock; `release` removes the file. */
export interface HeldLock {
  release(): Promise<void>;
}

export type LockOutcome = { readonly ok: true; readonly lock: HeldLock } | { readonly ok: false; readonly holder: ProcessIdentity };

/**
 * Takes the lock file of `path` for this process. A file whose process has ended is stale and replaced; one that cannot be read counts as
 * stale too, for a whole one appears in one step. Two holders inside one process exclude each other as well.
 */
export async function tryLock(path: string): Promise<LockOutcome> {
  await mkdir(dirname(path), { recursive: true });
  const self = (await identifyProcess(process.pid)) ?? { pid: process.pid, began: '' };
  const own = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(own, JSON.stringify(self));
  try {
    for (;;) {
      try {
        await link(own, path);
        return { ok: true, lock: { release: () => rm(path, { force: true }) } };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = await readHolder(path);
      if (holder !== undefined && (await isSameProcess(holder))) return { ok: false, holder };
      await removeStale(path);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** Whether a living process holds the lock. */
export async function isLocked(path: string): Promise<boolean> {
  const holder = await readHolder(path);
  return holder !== undefined && (await isSameProcess(holder));
}

/** Waits for the lock as long as its holder lives; `onWait` is called once, when there is something to wait for. */
export async function waitForLock(path: string, onWait: (holder: ProcessIdentity) => void): Promise<HeldLock> {
  for (let told = false; ; ) {
    const outcome = await tryLock(path);
    if (outcome.ok) return outcome.lock;
    if (!told) onWait(outcome.holder);
    told = true;
    await sleep(250);
  }
}

// Two processes may find the same stale file; the slower one must not remove the lock that the faster one has taken since. So a second
// name of the file is the right to remove it: one process at a time has it, and what it then reads is what it removes.
async function removeStale(path: string): Promise<void> {
  const right = `${path}.stale`;
  try {
    await link(path, right);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' && code !== 'ENOENT') throw error;
    if (code === 'EEXIST') await waitForRight(right);
    return;
  }
  const holder = await readHolder(right);
  if (holder === undefined || !(await isSameProcess(holder))) await rm(path, { force: true });
  await rm(right, { force: true });
}

async function waitForRight(right: string): Promise<void> {
  const taken = await stat(right).catch(() => undefined);
  if (taken !== undefined && Date.now() - taken.ctimeMs > LONGEST_REMOVAL_MS) await rm(right, { force: true });
  await sleep(10);
}

async function readHolder(path: string): Promise<ProcessIdentity | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('began' in value)) return undefined;
    return typeof value.pid === 'number' && typeof value.began === 'string' ? { pid: value.pid, began: value.began } : undefined;
  } catch {
    return undefined;
  }
}
