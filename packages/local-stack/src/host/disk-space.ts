import { statfs } from 'node:fs/promises';
import { StackError } from '../errors.ts';

const MIB = 1024 * 1024;

/** Throws ERR_STACK_DISK_SPACE when the file system of the existing `directory` has less than `neededMib` free. */
export async function requireDiskSpace(directory: string, neededMib: number, purpose: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const freeMib = Math.floor((bavail * bsize) / MIB);
  if (freeMib >= neededMib) return;
  throw new StackError(
    'ERR_STACK_DISK_SPACE',
    `${purpose} needs ${neededMib} MiB in ${directory}; ${freeMib} MiB are free. Free some, or choose another directory.`,
  );
}
