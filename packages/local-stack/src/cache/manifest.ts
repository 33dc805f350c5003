import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isWholeZip } from './zip-check.ts';

const NAME = 'manifest.json';

/** Sizes in bytes of every file of a cache entry, by path relative to it. */
type Manifest = Readonly<Record<string, number>>;

/** Records what the directory holds now. It is written last, so an entry without one was never complete. */
export async function writeManifest(directory: string): Promise<void> {
  const sizes: Record<string, number> = {};
  for (const file of await filesUnder(directory)) sizes[relative(directory, file)] = (await stat(file)).size;
  await writeFile(join(directory, NAME), JSON.stringify(sizes, null, 1));
}

/** What is wrong with a cache entry; empty when every recorded file has its size and every jar opens. */
export async function problemsOf(directory: string): Promise<readonly string[]> {
  const manifest = await readManifest(directory);
  if (manifest === undefined) return [`${directory} is not complete`];
  const checks = Object.entries(manifest).map(async ([file, size]) => {
    const path = join(directory, file);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return `${file} is missing`;
    if (found.size !== size) return `${file} has ${found.size} bytes instead of ${size}`;
    return file.endsWith('.jar') && !(await isWholeZip(path)) ? `${file} is not a whole archive` : [];
  });
  return (await Promise.all(checks)).flat();
}

/** Jars under the directory that do not open. */
export async function damagedJars(directory: string): Promise<readonly string[]> {
  const jars = (await filesUnder(directory)).filter((file) => file.endsWith('.jar'));
  const checked = await Promise.all(jars.map(async (jar) => ((await isWholeZip(jar)) ? [] : [relative(directory, jar)])));
  return checked.flat();
}

async function readManifest(directory: string): Promise<Manifest | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(directory, NAME), 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const entries = Object.entries(value);
    return entries.length > 0 && entries.every(([, size]) => typeof size === 'number') ? (value as Manifest) : undefined;
  } catch {
    return undefined;
  }
}

async function filesUnder(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && entry.name !== NAME).map((entry) => join(entry.parentPath, entry.name));
}
