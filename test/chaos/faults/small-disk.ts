import { execFile } from 'node:child_process';
import { mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A broker's directory on a file system of its own, in memory, that can be filled up. */
export interface SmallDisk {
  /** Id of the broker. */
  readonly broker: number;
  /** Leaves no room beside what is there. */
  fill(): Promise<void>;
  free(): Promise<void>;
  remove(): Promise<void>;
}

const run = promisify(execFile);
/** Each try but the last was overtaken by the broker. */
const MOST_TRIES = 50;

/** Mounts it where the broker will keep its records. Undefined where this process may not mount. */
export async function mountSmallDisk(kafkaDirectory: string, broker: number, mib: number): Promise<SmallDisk | undefined> {
  const directory = join(kafkaDirectory, String(broker));
  await mkdir(directory, { recursive: true });
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', directory]);
  } catch {
    return undefined;
  }
  // What the disk holds is what it is made to hold: a file in the way would take as much memory.
  const resize = (size: string) => run('mount', ['-o', `remount,size=${size}`, directory]);
  return {
    broker,
    async fill() {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const { blocks, bfree, bsize } = await statfs(directory);
        if (bfree === 0) return;
        // What the broker takes in between makes it too small, and it is refused.
        await resize(String((blocks - bfree) * bsize)).catch(() => undefined);
      }
      throw new Error(`the disk could not be filled in ${MOST_TRIES} tries`);
    },
    async free() {
      await resize(`${mib}m`);
    },
    async remove() {
      await run('umount', ['-l', directory]).catch(() => undefined);
    },
  };
}
