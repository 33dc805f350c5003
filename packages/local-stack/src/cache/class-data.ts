import { access, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Java } from '../host/java.ts';

/** Flags that let a JVM start from an archive of its classes, and what to do after it ended. */
export interface ClassData {
  readonly flags: readonly string[];
  /** Puts an archive that the JVM wrote at its end in place; call it after a clean end. */
  keep(): Promise<void>;
}

const NONE: ClassData = { flags: [], keep: async () => {} };

/**
 * Class data for a program of the cache. The first JVM that ends cleanly writes the archive (3 to 5 s at its end) under a name of its own;
 * taking the final name is one step, so no JVM ever reads half an archive or one that another is writing. With `write: false` an archive
 * is used when there is one and none is made.
 */
export async function classDataFor(
  directory: string,
  program: string,
  java: Java,
  { write }: { readonly write: boolean },
): Promise<ClassData> {
  const archives = join(directory, 'class-data');
  const archive = join(archives, `${program}-${java.version.replaceAll(/[^\w.+-]/g, '_')}.jsa`);
  if (await exists(archive))
    return { flags: [`-XX:SharedArchiveFile=${archive}`, '-Xshare:auto', '-Xlog:cds=off', '-Xlog:cds+dynamic=off'], keep: NONE.keep };
  if (!write) return NONE;
  await mkdir(archives, { recursive: true });
  const own = `${archive}.${process.pid}-${Date.now()}`;
  return {
    flags: [`-XX:ArchiveClassesAtExit=${own}`, '-Xlog:cds=off', '-Xlog:cds+dynamic=off'],
    keep: async () => {
      const written = await stat(own).catch(() => undefined);
      if (written === undefined || written.size === 0) return;
      await rename(own, archive).catch(() => rm(own, { force: true }));
    },
  };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
