import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StackError } from '../errors.ts';
import { isLocked, tryLock } from '../host/lock-file.ts';
import { endLeftover, recordProcess } from './leftover.ts';

/** A directory that this process alone works on. */
export interface Claim {
  readonly directory: string;
  /** Notes the child process that works on it, so that a later run can end it should both this process and its watcher be killed. */
  record(pid: number): Promise<void>;
  release(): Promise<void>;
}

/**
 * Creates the directory when absent and takes it for this process; a lock of a process that is gone does not count, and a child that such
 * a process left over is ended first. Throws ERR_STACK_IN_USE with the id of the living holder.
 */
export async function claimDirectory(directory: string, report: (line: string) => void): Promise<Claim> {
  await mkdir(directory, { recursive: true });
  const processFile = join(directory, 'process.json');
  const outcome = await tryLock(lockOf(directory));
  if (!outcome.ok) {
    throw new StackError(
      'ERR_STACK_IN_USE',
      `${directory} is in use by process ${outcome.holder.pid}. Stop it, or choose another data directory.`,
    );
  }
  await endLeftover(processFile, report);
  return {
    directory,
    record: (pid) => recordProcess(processFile, pid),
    release: () => outcome.lock.release(),
  };
}

/** Whether a living process has claimed the directory. */
export function isClaimed(directory: string): Promise<boolean> {
  return isLocked(lockOf(directory));
}

function lockOf(directory: string): string {
  return join(directory, 'owner.lock');
}
