import { execFile } from 'node:child_process';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A broker's directory on a file system of its own, in memory, that can be filled up. */
export interface SmallDisk {
  /** Id of the broker. */
  readonly broker: number;
  /** Takes all that is left. */
  fill(): Promise<void>;
  free(): Promise<void>;
  remove(): Promise<void>;
}

const run = promisify(execFile);
const FILLER = 'filler';

/** Mounts it where the broker will keep its records. Undefined where this process may not mount. */
export async function mountSmallDisk(kafkaDirectory: string, broker: number, mib: number): Promise<SmallDisk | undefined> {
  const directory = join(kafkaDirectory, String(broker));
  await mkdir(directory, { recursive: true });
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', directory]);
  } catch {
    return undefined;
  }
  const filler = join(directory, FILLER);
  return {
    broker,
    async fill() {
      let filled = 0;
      const { bavail, bsize } = await statfs(directory);
      // Taken at once, not written: what the broker itself takes in between is refused, and asked for again in smaller pieces.
      for (let bytes = bavail * bsize; bytes >= bsize; bytes = Math.floor(bytes / 2)) {
        await run('fallocate', ['-o', String(filled), '-l', String(bytes), filler]).then(
          () => {
            filled += bytes;
          },
          () => undefined,
        );
      }
    },
    free: () => rm(filler, { force: true }),
    async remove() {
      await run('umount', ['-l', directory]).catch(() => undefined);
    },
  };
}
