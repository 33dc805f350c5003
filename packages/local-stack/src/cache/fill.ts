import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StackError } from '../errors.ts';
import { requireDiskSpace } from '../host/disk-space.ts';
import type { Java } from '../host/java.ts';
import { waitForLock } from '../host/lock-file.ts';
import { findMaven, runMaven } from '../host/maven.ts';
import type { Artifact } from './artifacts.ts';
import { damagedJars, problemsOf, writeManifest } from './manifest.ts';

const REPORT_EVERY_MS = 2_000;

export interface FillOptions {
  readonly cacheDir: string;
  readonly java: Java;
  readonly path: string;
  /** Variables that Maven gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** One line of progress. */
  readonly report: (line: string) => void;
  /** A local Maven repository of its own in place of the user's. */
  readonly mavenRepository?: string | undefined;
}

/**
 * The directory of the artifact in the cache, fetched first when it is absent or damaged. A fetch goes to a directory of its own and takes
 * the final name in one step when it is whole; of several processes one fetches and the others wait for it.
 */
export async function ensureArtifact(artifact: Artifact, options: FillOptions): Promise<string> {
  const directory = join(options.cacheDir, artifact.name);
  if ((await problemsOf(directory)).length === 0) return directory;
  await mkdir(options.cacheDir, { recursive: true });
  // One fetch at a time, whatever of: Maven's own repository does not bear two that write to it.
  const lock = await waitForLock(join(options.cacheDir, 'fetch.lock'), (holder) => {
    if (holder.pid !== process.pid) options.report(`${artifact.title}: waiting for process ${holder.pid}, which is fetching`);
  });
  try {
    const problems = await problemsOf(directory);
    if (problems.length === 0) return directory;
    if (await exists(directory)) options.report(`${artifact.title}: the cached copy is damaged (${problems[0]}); fetching it again`);
    await fetchArtifact(artifact, options, directory);
    return directory;
  } finally {
    await lock.release();
  }
}

async function fetchArtifact(artifact: Artifact, options: FillOptions, directory: string): Promise<void> {
  const maven = await findMaven(options.path);
  await requireDiskSpace(options.cacheDir, artifact.neededMib, `Fetching ${artifact.title}`);
  // Only the holder of the lock fetches, so what is there is left over from a fetch that was killed.
  for (const entry of await readdir(options.cacheDir)) {
    if (entry.startsWith(`${artifact.name}.part-`)) await rm(join(options.cacheDir, entry), { recursive: true, force: true });
  }
  const temporary = await mkdtemp(`${directory}.part-`);
  try {
    let damaged = await fetchInto(temporary, maven, artifact, options, options.mavenRepository);
    if (damaged !== undefined) {
      // Maven takes what its own repository holds for good: a file cut short there comes back whole only through an empty one.
      options.report(`${artifact.title}: ${damaged}; fetching everything anew`);
      await rm(temporary, { recursive: true });
      await mkdir(temporary);
      const repository = await mkdtemp(`${temporary}-repository-`);
      damaged = await fetchInto(temporary, maven, artifact, options, repository).finally(() => rm(repository, { recursive: true }));
    }
    if (damaged !== undefined) throw new StackError('ERR_STACK_CACHE_DAMAGED', `${artifact.title} came damaged twice: ${damaged}.`);
    await writeManifest(temporary);
    await rm(directory, { recursive: true, force: true });
    await rename(temporary, directory);
    options.report(`${artifact.title}: in ${directory}`);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

// What is wrong with what came, undefined when nothing is.
async function fetchInto(
  directory: string,
  command: string,
  artifact: Artifact,
  options: FillOptions,
  repository: string | undefined,
): Promise<string | undefined> {
  options.report(`${artifact.title}: fetching it with Maven (once)`);
  await artifact.prepare(directory);
  let last = 0;
  await runMaven({
    command,
    java: options.java,
    directory,
    goals: artifact.goals,
    environment: options.environment,
    repository,
    onFetched: (count, file) => {
      if (Date.now() - last < REPORT_EVERY_MS) return;
      last = Date.now();
      options.report(`${artifact.title}: ${count} files fetched, last ${file}`);
    },
  });
  try {
    await artifact.finish(directory);
  } catch (error) {
    return `it cannot be unpacked (${String(error).trim().split('\n').at(-1)})`;
  }
  if (!(await exists(join(directory, artifact.essential)))) return `${artifact.essential} is missing`;
  const jars = await damagedJars(directory);
  return jars.length === 0 ? undefined : `${jars.join(', ')} ${jars.length === 1 ? 'does' : 'do'} not open`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
